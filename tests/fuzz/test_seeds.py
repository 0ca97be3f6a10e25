"""Seeds as people leave them: the check names the fault, or what is loaded is what the file says.

What the file says is told by Python's csv. Most cases run the macro by which dbt loads a seed; some
run dbt itself.
"""

import csv
import io
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
import pytest
from dbt_common.clients.agate_helper import from_csv

from scripts.scoring.functions import Plugin
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.overlay import SEEDS, load_seed
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.warehouse import quote_identifier
from tests.python.test_check_seeds import GOOD
from tests.python.test_seeds import new_project, typed

Rng = random.Random
Rows = list[dict[str, object]]

# What editors, spreadsheets and copied text leave behind.
ODD = (
    *('"', '""', "'", "''", '"a"', '"a', 'a"', '"head ""of"" it"', "'x", "\\", '\\"', "`"),
    *(",", ",,", ";", "|", "\t", " ", "  ", "\n", "\r", "\r\n", "\n\n", "\r\r\n", "\0", "\x1a"),
    *(
        "\ufeff",
        "\u00a0",
        "\u200b",
        "\u2028",
        "\x85",
        "\x0b",
        "\x0c",
        "\x1c",
        "\ufffd",
        "\U0010ffff",
    ),
    *("é", "e\u0301", "ß", "ﬁ", "İ", "Ω", "ς", "社長", "🙂", "\u202e", "٣", "１", "½"),
    *("null", "NULL", "None", "NaN", "inf", "true", "#", "# a", "--", "%", "$1", "{{ a }}", "{#"),
    *("0", "-0", "00", "+5", "05", ".5", "5.", "1e3", "1_000", "1,5", "-1", "1000000", "1000001"),
    *("-1000000", "0.0001", "0.00001", "99999999999999999999", "2025-02-30", "45658", "1-Jan"),
    *("*", "?", "[", "yes", "no", "a|b", "|", "x" * 70_000, "y" * 140_000),
)
BYTES = (
    b"\xff",
    b"\xc3",
    b"\xc3\xa9",
    b"\xe2\x80",
    b"\xed\xa0\x80",
    b"\x80",
    b"\xa0",
    b"\xef\xbb\xbf",
)


def folder_of(place: Path, files: dict[str, bytes]) -> Path:
    """A folder of seeds."""
    for name, content in files.items():
        file = place / read_seeds()[name].path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return place


def as_csv_reads(file: Path) -> Rows:
    """The rows by Python's csv, with the types of the seed."""
    header, *rows = csv.reader(io.StringIO(file.read_bytes().decode(), newline=""))
    return [typed(file.stem, dict(zip(header, row, strict=True))) for row in rows]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the functions that dbt's connections have."""
    with duckdb.connect() as connection:
        Plugin.__new__(Plugin).configure_connection(connection)
        yield connection


def load_as_dbt(database: duckdb.DuckDBPyConnection, file: Path, columns: Sequence[str]) -> None:
    """Load a seed by the macro into a table that has these columns, in this order."""
    types = read_seeds()[file.stem].types
    named = ", ".join(f"{quote_identifier(column)} {types[column]}" for column in columns)
    database.execute(f"create or replace table loaded ({named})")
    agate = from_csv(str(file), text_columns=columns)
    agate.original_abspath = str(file)  # as dbt has it
    if not len(agate.rows):  # dbt loads nothing then
        return

    def add_query(sql: str, bindings: Sequence[object], **_: object) -> None:
        database.execute(sql, bindings)

    macros = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"]).from_string(
        (PROJECT / "macros/load_csv_rows.sql").read_text("utf-8"),
        {
            "this": SimpleNamespace(render=lambda: "loaded"),
            "adapter": SimpleNamespace(quote=quote_identifier, add_query=add_query),
            "return": str,
        },
    )
    macros.module.duckdb__load_csv_rows(None, agate)  # type: ignore[attr-defined]


def rows_of(database: duckdb.DuckDBPyConnection, table: str) -> Rows:
    found = database.execute(f"from {table}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def reordered(rng: Rng, content: bytes, line_end: str = "\n") -> bytes:
    """The columns of a seed's file in another order."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows([[row[n] for n in order] for row in rows])
    return text.getvalue().encode()


@pytest.mark.parametrize(
    "seeds", [range(6), pytest.param(range(6, 200), marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_columns_in_any_order_are_loaded_by_name(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, seeds: range
) -> None:
    project = {file.stem: file.read_bytes() for file in SEEDS.rglob("*.csv")}
    for number in seeds:
        rng = Rng(number)
        end = rng.choice(["\n", "\r\n"])
        files = {name: reordered(rng, content, end) for name, content in project.items()}
        folder = folder_of(tmp_path / "seeds", files)
        if number % 50 == 0:
            assert check_seeds(folder).errors == ()
        for name in sorted(files):
            file = folder / read_seeds()[name].path
            columns = [*read_seeds()[name].columns]
            load_as_dbt(database, file, rng.sample(columns, len(columns)))
            assert rows_of(database, "loaded") == as_csv_reads(file), f"{number}: {name}"


Mutation = Callable[[Rng, bytes], bytes]


def odd_text(rng: Rng, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    piece = rng.choice(BYTES) if rng.random() < 0.1 else rng.choice(ODD).encode()
    return content[:place] + piece + content[place + rng.choice([0, 0, 1, 5]) :]


def odd_cell(rng: Rng, content: bytes) -> bytes:
    """A cell of other text, put as csv writes it."""
    rows = _rows(content)
    row = rng.choice(rows)
    if row:
        row[rng.randrange(len(row))] = rng.choice(ODD)
    return _written(rng, rows)


def quoted_cell(rng: Rng, content: bytes) -> bytes:
    """A cell with quotes in it, in quotes."""
    rows = _rows(content)
    row = rng.choice(rows)
    if row:
        place = rng.randrange(len(row))
        row[place] = rng.choice(['{} "it"', '"{}"', "{}, it", "'{}'", '{}"']).format(row[place])
    return _written(rng, rows)


def all_quoted(rng: Rng, content: bytes) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_rows(content))
    return text.getvalue().encode()


def other_rows(rng: Rng, content: bytes) -> bytes:
    """Rows twice, gone, blank, in another order or by the thousand."""
    rows = _rows(content)
    place = rng.randrange(len(rows))
    match rng.randrange(6):
        case 0:
            rows.insert(place, rows[place])
        case 1:
            del rows[place]
        case 2:
            rows.insert(place, [])
        case 3:
            rows.append([""] * len(rows[0]))
        case 4:
            rows[1:] = rng.sample(rows[1:], len(rows) - 1)
        case _:
            rows += [rows[place]] * 2100
    return _written(rng, rows)


def other_columns(rng: Rng, content: bytes) -> bytes:
    """A column gone, new, misnamed, twice, or with the name of another."""
    rows = _rows(content)
    header = rows[0]
    if not header:
        return content
    place = rng.randrange(len(header))
    match rng.randrange(5):
        case 0:
            for row in rows:
                del row[place : place + 1]
        case 1:
            for row in rows:
                row.insert(place, "note")
        case 2:
            header[place] = rng.choice([header[place].upper(), f" {header[place]}", "", "'"])
        case 3:
            header[place] = rng.choice(header)
        case _:
            other = rng.randrange(len(header))
            header[place], header[other] = header[other], header[place]
    return _written(rng, rows)


def ragged(rng: Rng, content: bytes) -> bytes:
    rows = _rows(content)
    row = rng.choice(rows)
    row[:] = [*row, ""] if rng.random() < 0.5 else row[:-1]
    return _written(rng, rows)


def other_order(rng: Rng, content: bytes) -> bytes:
    try:
        return reordered(rng, content)
    except (IndexError, UnicodeDecodeError, csv.Error):
        return content


def other_ends(rng: Rng, content: bytes) -> bytes:
    new = rng.choice([b"\r\n", b"\r", b"\n\n", b" \n", b",\n", b"\n ", b"\r\r\n"])
    return content.replace(b"\n", new, rng.choice([-1, -1, 1]))


def other_end(rng: Rng, content: bytes) -> bytes:
    return content.rstrip() + rng.choice([b"", b"\n\n", b"\n \n", b"\n,\n", b'\n"', b"\x1a", b"\r"])


def other_delimiter(rng: Rng, content: bytes) -> bytes:
    return content.replace(b",", rng.choice([b";", b"\t", b"|", b", ", b" ,", b":"]))


def other_encoding(rng: Rng, content: bytes) -> bytes:
    try:
        return content.decode().encode(rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "cp1252"]))
    except UnicodeError:
        return content


def cut_off(rng: Rng, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _rows(content: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(content.decode(), newline=""))) or [[]]
    except (UnicodeDecodeError, csv.Error):
        return [[]]


def _written(rng: Rng, rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=rng.choice(["\n", "\n", "\r\n"])).writerows(rows)
    return text.getvalue().encode()


MUTATIONS: tuple[Mutation, ...] = (
    *(odd_text, odd_text, odd_cell, odd_cell, odd_cell, quoted_cell, quoted_cell, quoted_cell),
    *(all_quoted, other_rows, other_rows, other_columns, ragged, other_order, other_order),
    *(other_ends, other_end, other_delimiter, other_encoding, cut_off),
)


def misplace(rng: Rng, folder: Path, file: Path) -> None:
    """Something else in place of a seed, or beside it."""
    content = file.read_bytes()
    other = folder / "kept.txt"
    match rng.randrange(9):
        case 0:
            file.unlink()
            file.mkdir()
        case 1:
            file.unlink()
            file.mkdir()
            (file / file.name).write_bytes(content)
        case 2:
            file.unlink()
            file.symlink_to(rng.choice(["nowhere.csv", file.name, "/nowhere/a.csv", "../.."]))
        case 3:
            file.rename(other)
            file.symlink_to(other)
        case 4:
            file.unlink()
            os.mkfifo(file)
        case 5:
            file.rename(file.with_name(rng.choice([file.name.upper(), f"{file.name} ", "x.csv"])))
        case 6:
            (folder / rng.choice(["again", "points"]) / file.name).parent.mkdir(exist_ok=True)
            shutil.copy(file, folder / "again" if (folder / "again").is_dir() else folder)
        case 7:
            (folder / "linked").symlink_to(file.parent)
        case _:
            file.rename(folder / file.name)


def mutated(rng: Rng, place: Path) -> tuple[Path, list[str]]:
    """A folder of seeds with something done to some of them; and to which."""
    files = {name: text.lstrip().encode() for name, text in GOOD.items()}
    if rng.random() < 0.05:  # past the rows that DuckDB would look at to guess how it is written
        files = {file.stem: file.read_bytes() for file in SEEDS.rglob("*.csv")}
    names = rng.sample(sorted(files), rng.choice([1, 1, 2]))
    for name in names:
        for mutation in rng.sample(MUTATIONS, rng.choice([1, 1, 1, 2, 3])):
            files[name] = mutation(rng, files[name])
    folder = folder_of(place / "seeds", files)
    if rng.random() < 0.08:
        misplace(rng, folder, folder / read_seeds()[names[0]].path)
    return folder, names


@pytest.mark.parametrize(
    "seeds",
    [range(80), pytest.param(range(80, 1500), marks=pytest.mark.slow)],
    ids=["some", "all"],
)
def test_a_mutated_folder_is_refused_or_loaded_as_it_stands(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, seeds: range
) -> None:
    outcomes: Counter[bool] = Counter()
    for number in seeds:
        rng = Rng(number)
        folder, names = mutated(rng, tmp_path / str(number))
        try:
            report = check_seeds(folder)
            report.raise_for_errors()
        except UserError as error:
            assert "seeds/" in str(error), number
            for finding in report.errors:
                assert finding.file.startswith("seeds/") and finding.message, f"{number}: {finding}"
            outcomes[False] += 1
        else:
            outcomes[True] += 1
            for name in names:
                (file,) = folder.rglob(f"{name}.csv")
                columns = [*read_seeds()[name].columns]
                load_as_dbt(database, file, rng.sample(columns, len(columns)))
                expected = as_csv_reads(file)
                assert rows_of(database, "loaded") == expected, f"{number}: {name}"
                tried = load_seed(database, file)
                assert rows_of(database, tried) == expected, f"{number}: {name}"
        shutil.rmtree(tmp_path / str(number))
    assert min(outcomes[True], outcomes[False]) > len(seeds) / 10, outcomes


@pytest.mark.slow
def test_dbt_loads_mutated_seeds_as_they_stand(tmp_path: Path) -> None:
    """Fifteen runs of dbt on one warehouse, whose tables are each time those of the run before."""
    project = new_project(tmp_path / "project")
    runs = 0
    for number in range(5000, 6000):
        folder, names = mutated(Rng(number), tmp_path / str(number))
        if check_seeds(folder).errors:
            continue
        shutil.rmtree(project.folder / "seeds")
        shutil.copytree(folder, project.folder / "seeds")
        project.seed(*names)
        for name in names:
            assert project.loaded(name) == project.in_file(name), f"{number}: {name}"
        if (runs := runs + 1) == 15:
            return
    raise AssertionError(f"{runs} of a thousand folders were sound")
