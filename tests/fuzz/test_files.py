"""Mutated files: each lands whole or is refused in one sentence, whatever was done to it.

A file is made up from a seed: rows of an entity, written in one of the formats, then mutated; to
some belongs a `mapping.yml`. What landed is held against the file as Python, pyarrow and gzip read
it: as many rows, the same texts.
"""

import csv
import gzip
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
import yaml

from scripts.landing.contract import Entity, landed_id, read_contract
from scripts.landing.land import land
from scripts.landing.sums import SUMMABLE
from scripts.shared.errors import UserError

NOW = datetime(2025, 1, 1)
FORMATS = ("csv", "tsv", "jsonl", "json", "parquet")
PACKINGS = ("", "", "", ".gz", ".zst")
DELIMITERS = {"csv": ",;|\t", "tsv": "\t"}

TEXTS = (
    *(
        "Rom",
        "Bern",
        "Zoë",
        "",
        " ",
        "two\nlines",
        "two\r\nlines",
        'say "hi"',
        "a,b",
        "a;b",
        "a\tb",
    ),
    *(
        "a|b",
        " outer ",
        "\u00a0x\u2003",
        "\u200b",
        "\ufeff",
        "5'",
        '5"',
        '"',
        '""',
        "'",
        "\\",
        "\\n",
    ),
    *("NULL", "null", "None", "NaN", "-", "0", "007", "1e5", "{}", "[]", '{"a": 1}', "#", "--"),
    *(
        "a@b.example",
        "a@b",
        "=1+1",
        "\x1b[2J",
        "\x85",
        "\u2028",
        "\x0b",
        "\x0c",
        "\x1a",
        "\0",
        "x" * 300,
    ),
)
TIMES = (
    *("2024-01-01", "2024-05-31T09:30:00Z", "2024-05-31 09:30:15.25", "2024-05-31T00:30:00+02:00"),
    *(
        "",
        "never",
        "31.05.2024",
        "2024-02-30",
        "0000-00-00",
        "9999-12-31",
        "1899-12-31",
        "infinity",
    ),
)
NUMBERS = (
    *("1", "0", "-1", "1.5", "", "1e400", "NaN", "inf", "1,5", "9" * 30, "0.00001", "abc"),
    *("1.39E8", "1,250.50", "1.250,50", "1 250,50", "1'250.50", "1,250", "1.250", "$5", "5 EUR"),
)
# What an id may not be, beside what it may.
NO_IDS = ("null", "None", "n/a", "-", "1.5E+11", "#REF!", "########")
OTHERS = {
    "boolean": ("true", "no", "", "maybe", "1", "TRUE"),
    "json": ('{"a": [1]}', "", "{a}", "5"),
}

# Bytes that mean something to one reader or another.
PALETTE = (
    *(
        b'"',
        b'""',
        b"'",
        b",",
        b";",
        b"\t",
        b"|",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b" ",
        b"\\",
        b"\0",
    ),
    *(b"\xff", b"\xef\xbb\xbf", b"\xc3", b"\xc3\xa9", b"{", b"}", b"[", b"]", b":", b"#", b"\x1a"),
    *(b"\x01", b"\x85", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"x" * 5000, b'"x\ny"', b'"x"y'),
)

# Columns that no entity has.
EXTRAS = ("shoe size", "City!", "x", "naïve")

FAR = (0, 1, -1, 10**9, -(2**63), 1 - 2**63, 2**63 - 1, 2**62, -(2**62), 1_700_000_000_000_000)


@dataclass
class File:
    """A made-up file; `is_whole` where nothing was done to its bytes.

    `mapping` is what `mapping.yml` says of it and of all files. By it `columns` are the contract's
    under the names that they have in the file, and `constants` those that it has not got.
    """

    entity: Entity
    name: str
    content: bytes
    is_whole: bool = True
    delimiter: str = ","
    mapping: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


def made_up(seed: int) -> File:
    """The file of a seed."""
    random = Random(seed)
    entity = random.choice([*read_contract().values()])
    kind = random.choice(FORMATS)
    columns = [c for c in entity.columns if c.required or random.random() < 0.4]
    random.shuffle(columns)
    extras = random.sample(EXTRAS, random.randint(0, 2))
    rows = [
        {
            **{c.name: _value(random, c.kind, c.name, seed, number) for c in columns},
            **{extra: random.choice(TEXTS) for extra in extras},
        }
        for number in range(random.choice((0, 1, 2, 5, 20)))
    ]
    names = [*(column.name for column in columns), *extras]
    file = File(entity, f"{entity.name}.{seed}.{kind}", b"")
    if random.random() < 0.3:
        _map(random, file, names, extras)
        given = {name: known for known, name in file.columns.items()}
        rows = [{given.get(name, name): text for name, text in row.items()} for row in rows]
        names = [given.get(name, name) for name in names]
    if kind == "parquet":
        file.content = _parquet(random, names, rows)
    else:
        if kind in DELIMITERS:
            file.delimiter = random.choice(DELIMITERS[kind])
        file.content = _text(random, kind, file.delimiter, names, rows).encode()
        if random.random() < 0.1:
            file.content = b"\xef\xbb\xbf" + file.content
    _mutate(random, file)
    file.is_whole &= bool(file.content)  # what is empty is refused
    packing = random.choice(PACKINGS) if kind != "parquet" else ""
    if packing:
        file.mapping = _renamed(file.mapping, file.name, file.name + packing)
        file.name += packing
        file.content = _packed(file.content, packing)
        if random.random() < 0.2:
            file.is_whole = False
            file.content = _mutated(random, file.content)
    return file


def _map(random: Random, file: File, names: Sequence[str], extras: Sequence[str]) -> None:
    """Other names for some columns of a file, and whatever else a mapping may say of it."""
    of_file: dict[str, Any] = {"entity": file.entity.name, "leave_out": [*extras[:1]]}
    some = random.sample(names, random.randint(0, len(names)))
    file.columns = {f"Feld {n}": name for n, name in enumerate(some) if name not in extras}
    absent = [c.name for c in file.entity.columns if c.kind == "varchar" and c.name not in names]
    file.constants = {name: "EUR" for name in absent if random.random() < 0.2}
    of_file |= {"columns": file.columns, "constants": file.constants}
    said: dict[str, Any] = {}
    for key, values in {
        "time_zone": ("Europe/Berlin", "UTC"),
        "decimal": ("comma", "point"),
        "dates": ("dmy", "mdy", "iso"),
    }.items():
        if random.random() < 0.3:
            random.choice((said, of_file))[key] = random.choice(values)
    if "is_deleted" in file.entity.column_names and random.random() < 0.3:
        said["whole"] = [file.entity.name]
    if file.entity.name in SUMMABLE and random.random() < 0.5:
        of_file["sum"] = True
        file.is_whole = False  # amounts of several currencies have no sum
    file.mapping = said | {"files": {file.name: of_file}}


def _renamed(mapping: dict[str, Any], name: str, to: str) -> dict[str, Any]:
    """What a mapping says of a file, under another name of it."""
    return mapping | {"files": {to: mapping["files"][name]}} if mapping else {}


def _value(random: Random, kind: str, name: str, seed: int, number: int) -> str:
    if kind == "varchar":
        # Ids are of this file alone, so that what landed of it can be told.
        own = f"{seed}-{random.randint(0, number + 3)}" + random.choice(("", "", " ", "é"))
        if random.random() < 0.05:
            own = random.choice(NO_IDS)
        return own if "id" in name else random.choice(TEXTS)
    if kind in ("timestamp", "date"):
        return TIMES[0] if random.random() < 0.7 else random.choice(TIMES)
    if kind in ("bigint", "decimal"):
        return random.choice(NUMBERS)
    return random.choice(OTHERS[kind])


def _text(
    random: Random, kind: str, delimiter: str, names: Sequence[str], rows: list[dict[str, str]]
) -> str:
    if kind == "jsonl":
        end = random.choice(("\n", "\r\n"))
        return end.join(_json(random, row) for row in rows) + random.choice(("", end))
    if kind == "json":
        blanks = random.choice(("", "", " " * 100, "\n\r\n\t" * 50))
        between = random.choice((",", ",\n", " , "))
        return f"{blanks}[{between.join(_json(random, row) for row in rows)}]{blanks}"
    stream = io.StringIO(newline="")
    quoting: dict[str, Any] = {"quoting": csv.QUOTE_ALL} if random.random() < 0.3 else {}
    end = random.choice(("\n", "\r\n"))
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, **quoting)
    writer.writerows([names, *([row[name] for name in names] for row in rows)])
    return stream.getvalue()


def _json(random: Random, row: dict[str, str]) -> str:
    values: dict[str, Any] = dict(row)
    for name in values:
        if random.random() < 0.1:
            values[name] = random.choice((None, 5, 1.5, True, 10**25))
        elif name in EXTRAS and random.random() < 0.3:
            values[name] = random.choice(({"a": [1, "]"]}, ["x,", {}], [[[]]], -(2**70)))
    return json.dumps(values, ensure_ascii=random.random() < 0.5)


def _parquet(random: Random, names: Sequence[str], rows: list[dict[str, str]]) -> bytes:
    columns: dict[str, Any] = {}
    for name in names:
        texts = [row[name] for row in rows]
        columns[name] = pa.array(texts, pa.string())
        if name.endswith(("_at", "_date")) and random.random() < 0.6:
            zone = random.choice((None, "UTC", "Europe/Berlin"))
            unit = random.choice(("ms", "us", "ns"))
            columns[name] = pa.array([random.choice(FAR) for _ in rows], pa.timestamp(unit, zone))
            if random.random() < 0.3:
                days = [random.choice((0, 19_000, -(2**31), 2**31 - 1, 2**30)) for _ in rows]
                columns[name] = pa.array(days, pa.date32())
        elif name.endswith(("amount", "count", "revenue")) and random.random() < 0.6:
            numbers = [random.choice((0.0, 1.5, -1e300, float("nan"), 5e-324, None)) for _ in rows]
            columns[name] = pa.array(numbers, pa.float64())
    sink = pa.BufferOutputStream()
    codec = random.choice(("none", "snappy", "zstd"))
    pq.write_table(pa.table(columns), sink, compression=codec, row_group_size=7)
    return bytes(sink.getvalue())


def _mutate(random: Random, file: File) -> None:
    if random.random() < 0.25:
        return
    before = file.content
    for _ in range(random.choice((1, 1, 2, 4))):
        file.content = _mutated(random, file.content)
    if file.name.endswith(("csv", "tsv")) and random.random() < 0.2:
        head, end, rest = file.content.partition(b"\n")
        cells = head.split(file.delimiter.encode())
        cells.insert(random.randrange(len(cells) + 1), random.choice((b"", b" ", *cells)))
        file.content = file.delimiter.encode().join(cells) + end + rest
    if random.random() < 0.05:
        text = file.content.decode(errors="replace")
        coding = random.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"))
        file.content = text.encode(coding, errors="replace")
    file.is_whole &= file.content == before


def _mutated(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content) + 1)
    to = min(len(content), at + random.choice((1, 1, 3, 20, 200)))
    match random.randrange(8):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + content[to:]
        case 2:
            return content[:to] + content[at:]
        case 3:
            return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]
        case 4:
            return content.replace(*random.choice([(b"\n", b"\r\n"), (b"\n", b"\r"), (b'"', b"'")]))
        case 5:
            return content + random.choice(PALETTE)
        case _:
            return content[:at] + random.choice(PALETTE) + content[at:]


def _packed(content: bytes, packing: str) -> bytes:
    if packing == ".gz":
        return gzip.compress(content, mtime=0)
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return bytes(sink.getvalue())


@dataclass
class Rows:
    """The rows of a file as others read it: how many, and the cells by name of those that are."""

    count: int = 0
    texts: list[dict[str, Any]] = field(default_factory=list)


def read(file: File) -> Rows:
    """The rows of a file. Raises where it is damaged."""
    content = file.content
    if file.name.endswith(".gz"):
        content = gzip.decompress(content)
    elif file.name.endswith(".zst"):
        with pa.input_stream(pa.BufferReader(content), compression="zstd") as stream:
            content = stream.read()
    match next(part for part in file.name.split(".")[2:] if part in FORMATS):
        case "parquet":
            table = pq.read_table(pa.BufferReader(content))
            texts = [column for column in table.schema if pa.types.is_string(column.type)]
            rows = table.select([column.name for column in texts]).to_pylist()
            return Rows(table.num_rows, rows)
        case "json" if content.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] == b"[":
            items = json.loads(content.decode("utf-8-sig"), **_AS_TEXT)
            return Rows(len(items), [item for item in items if isinstance(item, dict)])
        case "jsonl" | "json":
            return _json_lines(content.decode("utf-8-sig"))
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    header, *cells = csv.reader(text, delimiter=file.delimiter, skipinitialspace=True)
    names = [name.strip().lower() for name in header]
    cells = [row for row in cells if row]
    return Rows(len(cells), [dict(zip(names, row, strict=False)) for row in cells])


_AS_TEXT: dict[str, Any] = {"parse_int": str, "parse_float": str, "parse_constant": str}


def _json_lines(text: str) -> Rows:
    rows = Rows()
    for line in io.StringIO(text, newline=""):
        if not line.strip(" \r\n"):
            continue
        rows.count += 1
        try:
            item = json.loads(line, strict=True, **_AS_TEXT)
        except ValueError:
            continue
        if isinstance(item, dict):
            rows.texts.append(item)
    return rows


def _trimmed(value: object) -> str | None:
    """A text without outer blanks and invisible marks, as README has it; None where empty."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return None
    is_outer = [
        c in "\t\n\f\r " or unicodedata.category(c) in ("Zs", "Zl", "Zp", "Cf") for c in value
    ]
    if all(is_outer):
        return None
    return value[is_outer.index(False) : len(value) - is_outer[::-1].index(False)]


def check(file: File, folder: Path, warehouse: Path) -> bool:
    """Lands a file, alone in its folder, and holds what landed against it; whether it landed."""
    for other in folder.iterdir():
        other.unlink()
    path = folder / file.name
    path.write_bytes(file.content)
    if file.mapping:
        (folder / "mapping.yml").write_text(yaml.safe_dump(file.mapping), "utf-8")
    try:
        landing = land(folder, NOW)
    except UserError as error:
        assert str(folder) in str(error) and file.name in str(error) and "\n" not in str(error)
        assert not file.is_whole, str(error)
        return False
    rows, total = read(file), landing.total
    assert total.rows_read + sum(len(lines) for _, lines in landing.framed) == rows.count
    assert total.rows_read == total.rows_landed + total.rows_duplicate + total.rows_rejected
    entity = file.entity
    names = [column.name for column in entity.columns if column.kind == "varchar"]
    if any("EUR" in str(text) or "$" in str(text) for row in rows.texts for text in row.values()):
        names = [name for name in names if name != "currency"]  # an amount may tell it
    with duckdb.connect(str(warehouse)) as connection:
        rejected, landed_since = connection.execute(
            """select
                (
                    select count(*) from raw.rejected_rows
                    where landing_id = (select max(landing_id) from raw.landings)
                ),
                (select coalesce(max(last_landing_seq), 0) from raw.landings
                where entity = $1 and landing_id < (select max(landing_id) from raw.landings))""",
            [entity.name],
        ).fetchall()[0]
        landed = connection.execute(
            f"""select {", ".join(names)} from raw.{entity.name} where landing_seq > $1
            and landing_seq not in (
                select landing_seq from raw.absent_versions where entity = $2
            )""",
            [landed_since, entity.name],
        ).fetchall()
    assert rejected == total.rows_rejected
    assert len(landed) == total.rows_landed
    expected = Counter(_of_contract(row, file, names) for row in rows.texts)
    found = Counter(tuple(values) for values in landed)
    assert not found - expected
    return True


def _of_contract(row: dict[str, Any], file: File, names: Sequence[str]) -> tuple[Any, ...]:
    """The texts of a row's columns that the contract knows, as they should land."""
    entity, columns = file.entity, {name.lower(): to for name, to in file.columns.items()}
    known = {name.strip().lower(): _trimmed(value) for name, value in row.items()}
    known = {columns.get(name, name): text for name, text in known.items()} | {**file.constants}
    no_ids = [text.lower() for text in NO_IDS]
    for name, text in known.items():
        # All else that cannot be read is no text, or is in a key and sets its row aside.
        is_fit = name != "currency" or bool(re.fullmatch("[A-Za-z]{3}", text or ""))
        is_fit &= not (name.endswith("_id") and (text or "").lower() in no_ids)
        known[name] = text if text and "\0" not in text and is_fit else None
    defaults = {column.name: column.default for column in entity.columns}
    texts = [known.get(name) or defaults[name] for name in names]
    ids = [name.endswith("_id") for name in names]
    if entity.name == "leads" and not known.get("email"):
        address = known.get("lead_id")
        is_address = address and landed_id(address) != address
        texts[names.index("email")] = address if is_address else None
    return tuple(landed_id(t) if t and is_id else t for t, is_id in zip(texts, ids, strict=True))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, beside that of the warehouse that the environment names."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "warehouse" / "leads.duckdb"))
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


SOME, ALL = range(80), range(80, 2000)


@pytest.mark.parametrize(
    "seeds", [SOME, pytest.param(ALL, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_mutated_files_land_whole_or_are_refused(seeds: range, folder: Path) -> None:
    warehouse = folder.parent / "warehouse" / "leads.duckdb"
    landed = sum(check(made_up(seed), folder, warehouse) for seed in seeds)
    assert len(seeds) / 4 < landed < len(seeds)


SOME_MAPPINGS, ALL_MAPPINGS = range(60), range(60, 1000)


@pytest.mark.parametrize(
    "seeds",
    [SOME_MAPPINGS, pytest.param(ALL_MAPPINGS, marks=pytest.mark.slow)],
    ids=["some", "all"],
)
def test_a_mutated_mapping_is_followed_or_refused(seeds: range, folder: Path) -> None:
    """What it says may then be anything: all rows are accounted for, or one sentence names it."""
    landed = 0
    for seed in seeds:
        for other in folder.iterdir():
            other.unlink()
        file, random = made_up(seed), Random(seed)
        if not file.mapping:
            _map(random, file, file.entity.column_names, [])
        (folder / file.name).write_bytes(file.content)
        said = yaml.safe_dump(file.mapping, sort_keys=False).encode()
        for _ in range(random.choice((1, 1, 3))):
            said = _mutated(random, said)
        (folder / "mapping.yml").write_bytes(said)
        try:
            total = land(folder, NOW).total
        except UserError as error:
            assert "\n" not in str(error)
            assert str(folder) in str(error) or file.name in str(error), str(error)
            continue
        assert total.rows_read == total.rows_landed + total.rows_duplicate + total.rows_rejected
        landed += 1
    assert len(seeds) / 20 < landed < len(seeds)


# Cells of a header, as people and programs write them.
CELLS = (
    *("lead_id", "created_at", "city", "screen size", "Lead_ID", " created_at ", "naïve", "x"),
    *(
        '"screen" size',
        '"screen ""size"""',
        'screen" size',
        ' "city"',
        '"city" ',
        '\t"city"',
        '"city',
    ),
    *(
        '"line\nbreak"',
        '"a,b"',
        "",
        " ",
        '""',
        "'city'",
        '"lead_id"',
        "\ufeffcity",
        '"',
        '"x"y"',
        "a;b",
    ),
    *(
        '"line\r\nbreak"',
        ' "line\nbreak"',
        '"\n',
        '\\"city\\"',
        "\u00a0city",
        '\u00a0"line\nbreak"',
    ),
)
BODY = (
    *(
        "{id},2024-01-01",
        '"{id}","2024-01-01"',
        '{id}, "2024-01-01"',
        '"{id}",2024-01-01,"5"" pipe"',
    ),
    *(
        "{id},2024-01-01,Rom",
        '{id},2024-01-01,"Ro\nm"',
        '{id},2024-01-01,5"',
        '{id},2024-01-01,"Rom',
    ),
)


def of_header(seed: int) -> File:
    """A CSV file of leads whose header is odd: 5 to 3,000 rows, most of them as they should be."""
    random = Random(seed)
    end = random.choice(("\n", "\n", "\r\n", "\r"))
    cells = ["lead_id", "created_at"][: random.choice((2, 2, 2, 1))]
    cells += random.choices(CELLS, k=random.choice((0, 1, 1, 2)))
    if random.random() < 0.2:
        cells = [random.choice((f'"{cell}"', f' "{cell}"', f'"{cell}" ')) for cell in cells]
    if random.random() < 0.3:
        random.shuffle(cells)
    fill = ",Rom" * (len(cells) - 2)
    rows = [f"{seed}-{number},2024-01-01{fill}" for number in range(random.choice((5, 50, 3000)))]
    if random.random() < 0.3:
        at = random.randrange(len(rows))
        rows[at] = random.choice(BODY).format(id=f"{seed}-{at}")
    text = end.join([",".join(cells), *rows]) + end * random.choice((0, 1))
    if random.random() < 0.3:
        at = random.randrange(len(text.partition(end)[0]) + 1)
        text = text[:at] + random.choice(('"', '""', " ", "\t", ",", "\n")) + text[at:]
    entity = read_contract()["leads"]
    return File(entity, f"leads.{seed}.csv", text.encode(), is_whole=False)


SOME_HEADERS, ALL_HEADERS = range(40), range(40, 1000)


@pytest.mark.parametrize(
    "seeds",
    [SOME_HEADERS, pytest.param(ALL_HEADERS, marks=pytest.mark.slow)],
    ids=["some", "all"],
)
def test_no_row_is_lost_behind_an_odd_header(seeds: range, folder: Path) -> None:
    warehouse = folder.parent / "warehouse" / "leads.duckdb"
    landed = sum(check(of_header(seed), folder, warehouse) for seed in seeds)
    assert len(seeds) / 8 < landed < len(seeds)
