"""Files as DuckDB reads them: which format, which columns, and which line a row came from."""
# ruff: noqa: S608 (names in SQL come from the contract or are c0, c1 …; text goes through `literal`)

import csv
import gzip
import hashlib
import os
import re
import shutil
import stat
import zlib
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from glob import escape
from itertools import chain, islice
from pathlib import Path

import duckdb
import pyarrow  # type: ignore[import-untyped]
from pyarrow import parquet as pq
from pyarrow.compute import min_max  # type: ignore[import-untyped]

from scripts.landing.contract import AS_THE_CONTRACT_HAS_IT, NO_OBJECT, Field, Reading, literal
from scripts.landing.frame import MARKS, Frame, find_frame, write_rows
from scripts.landing.mapping import FilePlan
from scripts.shared.errors import UserError
from scripts.shared.faults import MEMORY, no_room

csv.field_size_limit(2**31 - 1)  # a quote left open makes one value of the rest of a file

FORMATS = ("csv", "tsv", "jsonl", "ndjson", "json", "parquet")

_NOT_UTF8 = "{} is not UTF-8: save it as UTF-8."
_DAMAGED = "{} cannot be read: it ends early or is damaged."
_HEADER_QUOTE = (
    "{} has a quote out of place or left open in its header, line 1: put whole names in quotes, "
    "with nothing around them, or none."
)
_CHANGED = "{} changed while it was read: land it again when it is written to its end."

# How files begin that are not the text that their name says.
_NO_TEXT = {
    b"\x1f\x8b": "is packed with gzip: unpack it, or let its name end in .gz.",
    b"\x28\xb5\x2f\xfd": "is packed with zstd: unpack it, or let its name end in .zst.",
    b"PK\x03\x04": "is a ZIP archive, such as an Excel workbook: save it as CSV in UTF-8.",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: save it as CSV in UTF-8.",
    b"PAR1": "is a Parquet file: let its name end in .parquet.",
    b"\xff\xfe\0\0": "is UTF-32: save it as UTF-8.",
    b"\xff\xfe": "is UTF-16, as 'Unicode text' is: save it as UTF-8.",
    b"\xfe\xff": "is UTF-16, as 'Unicode text' is: save it as UTF-8.",
}

# More columns beyond the contract would take minutes for a file of one row.
MOST_EXTRAS = 500

_RAGGED = {
    "MISSING COLUMNS": "has fewer columns than the header",
    "TOO MANY COLUMNS": "has more columns than the header",
    "UNQUOTED VALUE": "has a quote out of place",
}


# DuckDB reads numbers of more as others.
MOST_DIGITS = 38

# What DuckDB raises of its own accord, whatever the file holds.
_NOT_OF_THE_FILE = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.TransactionException,
    duckdb.ConstraintException,
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.InterruptException,
)

# Bytes of a JSON file that are read at once, and the blanks before an array that DuckDB takes.
_BLOCK = 1 << 20

# How much a packed file may hold: so many bytes for each of its own, beyond those that are few.
MOST_UNPACKED = 200
FEW_BYTES = 64 << 20

Content = tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A file to read: `relation` is SQL with columns c0, c1 … and the path as its one parameter.

    `lines_by` names the columns by which a row is found again among the lines of the text; empty
    where its number is as good (Parquet, a JSON array). `broken` is the condition of a row that
    is none. `frame` tells what a report has around its rows, which `path` is without.
    """

    path: Path
    relation: str
    fields: tuple[Field, ...]
    lines_by: tuple[str, ...] = ()
    delimiter: str | None = None
    broken: str | None = None
    reading: Reading = AS_THE_CONTRACT_HAS_IT
    frame: Frame | None = None

    @property
    def parameters(self) -> list[str]:
        """The path, no character of it a wildcard."""
        return [escape(str(self.path))]


def format_of(name: str) -> str:
    """The format that a file's name tells, packed or not; empty where it tells none."""
    stem, _, suffix = name.lower().rpartition(".")
    if suffix in ("gz", "zst") and not stem.endswith(".parquet"):
        stem, _, suffix = stem.rpartition(".")
    return suffix if stem and suffix in FORMATS else ""


@dataclass(frozen=True)
class FileState:
    """What changes of a file when somebody writes to it or puts another in its place."""

    size_bytes: int
    modified_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "FileState":
        """The state now. Raises UserError where there is no such file."""
        with readable(path):
            status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UserError(f"{path} is no file that can be read twice, as landing must.")
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


@contextmanager
def settled(path: Path, state: FileState) -> Iterator[None]:
    """Raises UserError, whatever else is wrong with a file, where it is no longer in this state."""
    try:
        yield
    except UserError as error:
        if FileState.of(path) != state:
            raise UserError(_CHANGED.format(path)) from error
        raise
    if FileState.of(path) != state:
        raise UserError(_CHANGED.format(path))


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns what can go wrong with a file into a UserError without a word of its content.

    That the disk is full, where something is unpacked or put aside, is not the file's fault, nor
    is what befalls the warehouse.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        raise UserError(_NOT_UTF8.format(path)) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} cannot be unpacked: it ends early or is damaged.") from error
    except MemoryError:
        raise
    except pyarrow.ArrowException as error:
        raise UserError(_DAMAGED.format(path)) from error
    except OSError as error:
        if no_room(error):
            raise
        cause = (
            f"{path} cannot be read: {error.strerror}."  # pyarrow gives none for what is damaged
        )
        raise UserError(cause if error.strerror else _DAMAGED.format(path)) from error
    except _NOT_OF_THE_FILE:
        raise
    except duckdb.OutOfMemoryException as error:
        if "temp_directory" in str(error):  # it is the disk that DuckDB may not fill further
            raise
        limit = os.environ.get("LEADS_MEMORY") or MEMORY
        raise UserError(
            f"{path} takes more memory than LEADS_MEMORY allows ({limit}): raise it and run again."
        ) from error
    except duckdb.Error as error:
        if no_room(error) or "database file" in str(error):
            raise
        raise UserError(_unreadable(path, str(error).splitlines()[0])) from error


def _unreadable(path: Path, message: str) -> str:
    """What DuckDB has against a file, without what it cites of its content."""
    if "UTF8" in message or "UTF-8" in message:
        return _NOT_UTF8.format(path)
    if "CSV Parser state machine" in message:
        cause = "its lines end in different ways, or a quote is out of place"
        return f"{path} cannot be read: {cause}."
    if "Timestamp(MS)" in message:
        return f"{path} has, in a list or struct, a time too far away for DuckDB: leave it out."
    if "Malformed JSON" in message:
        return f"{path} cannot be read: it is not valid JSON."
    return _DAMAGED.format(path)


def open_source(
    connection: duckdb.DuckDBPyConnection, plan: FilePlan, path: Path, scratch: Path
) -> Source:
    """How to read a file as planned; one that is packed is unpacked into `scratch`.

    Raises UserError where it is empty, or its columns are not those of the contract.
    """
    plain = unpacked(path, scratch)
    if not plain.stat().st_size:
        raise UserError(f"{path} is empty (0 bytes): it lacks even a header.")
    if format_of(path.name) != "parquet":
        _refuse_no_text(path, plain)
    match format_of(path.name):
        case "parquet":
            source = _parquet(connection, plan, path, plain, scratch)
        case "csv" | "tsv":
            frame = find_frame(plain, plan)
            if frame:
                rows = scratch / hashlib.sha256(f"rows of {path.name}".encode()).hexdigest()
                write_rows(plain, frame, rows)
            source = replace(_csv(plan, path, rows if frame else plain), frame=frame)
        case _:
            source = _json(connection, plan, path, plain)
    source = _with_constants(source, plan.constants)
    _check_columns(plan, path, [field.name for field in source.fields if field.is_used])
    return replace(source, reading=plan.reading)


def _with_constants(source: Source, constants: Mapping[str, str]) -> Source:
    """The source with a column more for each constant; JSON without a row has none at all."""
    if not constants or not source.fields:
        return source
    first = len(source.fields)
    fields = [Field(place, name, "VARCHAR") for place, name in enumerate(constants, start=first)]
    columns = "".join(f", {literal(constants[field.name])} as {field.column}" for field in fields)
    relation = f"(select *{columns} from {source.relation})"
    return replace(source, relation=relation, fields=(*source.fields, *fields))


def unpacked(path: Path, scratch: Path) -> Path:
    """The file unpacked in full. DuckDB takes one that ends early or is damaged for a whole one."""
    match path.suffix.lower():
        case ".gz":
            unpack = gzip.open
        case ".zst":
            unpack = partial(pyarrow.input_stream, compression="zstd")
        case _:
            return path.absolute()  # what begins with ~ or s3: means other things to libraries
    plain = scratch / hashlib.sha256(path.name.encode()).hexdigest()  # names may be long
    packed, free = path.stat().st_size, shutil.disk_usage(scratch).free
    size = 0
    try:
        with unpack(str(path.absolute())) as stream, plain.open("wb") as target:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > max(FEW_BYTES, MOST_UNPACKED * packed):
                    raise UserError(
                        f"{path} holds more than {MOST_UNPACKED} bytes for each packed one, as no "
                        "file of rows should: look at what is in it, and unpack it yourself if "
                        "that is right."
                    )
                if size > free / 2:
                    raise UserError(
                        f"{path} takes, unpacked, more than half of the {free / 1e9:,.1f} GB that "
                        f"are free below {scratch.parent}: free space, or set LEADS_TEMP."
                    )
                target.write(block)
    except BaseException:
        plain.unlink(missing_ok=True)
        raise
    return plain


def _refuse_no_text(path: Path, plain: Path) -> None:
    with plain.open("rb") as stream:
        start = stream.read(4096)
    for mark, cause in _NO_TEXT.items():
        if start.startswith(mark):
            raise UserError(f"{path} {cause}")
    if b"\0" in start.splitlines()[0]:
        raise UserError(f"{path} begins with NUL bytes, as UTF-16 does: save it as UTF-8.")


def _snake_case(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower())


def _check_columns(plan: FilePlan, path: Path, names: Sequence[str]) -> None:
    entity = plan.entity
    for column in entity.columns:
        if names and column.required and column.name not in names:
            alike = [name for name in names if _snake_case(name) == column.name]
            hint = f" Its column {alike[0]!r} must be named so." if alike else ""
            raise UserError(
                f"{path} lacks the column {column.name}, which {entity.name} must have.{hint}"
            )
    for name, count in Counter(name.lower() for name in names).items():
        if not name:
            raise UserError(f"{path} has a column without a name: name it, or leave it out.")
        if count > 1:
            raise UserError(f"{path} has the column {name} twice: name or leave out one.")
    if len(extras := set(names) - set(entity.column_names)) > MOST_EXTRAS:
        raise UserError(
            f"{path} has {len(extras):,} columns that {entity.name} does not know, more than "
            f"{MOST_EXTRAS}: leave out those that nobody scores by."
        )


def _fields(
    plan: FilePlan, path: Path, names: Sequence[str], types: Sequence[str]
) -> tuple[Field, ...]:
    """The columns of a file; the contract's are known in any case and with spaces around.

    Raises UserError where one that the plan names is not there, unless its name tells JSON, where
    a key may be missing.
    """
    if any("\0" in name for name in names):
        raise UserError(f"{path} has a NUL character in the name of a column.")
    stripped = [name.strip() for name in names]
    present = {name.lower() for name in stripped}
    for name in (*plan.columns, *plan.leave_out):
        if name not in present and "json" not in format_of(path.name):
            raise UserError(f"{plan.where}: {path.name} has no column {name!r}.")
    return tuple(
        Field(place, plan.target(name), data_type, name.lower() not in plan.leave_out)
        for place, (name, data_type) in enumerate(zip(stripped, types, strict=True))
    )


def _parquet(
    connection: duckdb.DuckDBPyConnection, plan: FilePlan, path: Path, plain: Path, scratch: Path
) -> Source:
    # DuckDB gives the second of two columns that differ in case alone another name.
    schema = pq.read_schema(plain)
    names = schema.names
    for leaf in pq.read_metadata(plain).schema:
        if leaf.precision > MOST_DIGITS:
            raise UserError(
                f"{path} has numbers of more than {MOST_DIGITS} digits in the column {leaf.path}: "
                "write them with fewer, or as text."
            )
    plain = _with_near_times(plain, scratch, schema)
    reader = "read_parquet(?, binary_as_string = true, hive_partitioning = false)"
    columns = connection.execute(f"describe from {reader}", [escape(str(plain))]).fetchall()
    fields = _fields(plan, path, names, [column[1] for column in columns])
    flat = {column.name for column in plan.entity.columns if column.kind != "json"}
    for field in fields:
        if field.is_used and field.name in flat and field.is_nested:
            raise UserError(f"{path} has lists or structs in the column {field.name}.")
    aliases = ", ".join(field.column for field in fields)
    return Source(plain, f"{reader} as source({aliases})", fields)


def _with_near_times(path: Path, scratch: Path, schema: pyarrow.Schema) -> Path:
    """The file, or a copy with times as text where there is one too far away for DuckDB.

    It holds all times in microseconds, so that of those in milliseconds most are out of reach.
    """
    file = pq.ParquetFile(path)
    names = [field.name for field in schema if _is_in_milliseconds(field.type)]
    bounds = (
        min_max(column.cast(pyarrow.int64())).as_py()
        for batch in (file.iter_batches(columns=names) if names else ())
        for column in batch.columns
    )
    reach = (2**63 - 1) // 1000
    if all(max(-(bound["min"] or 0), bound["max"] or 0) <= reach for bound in bounds):
        return path
    plain = scratch / hashlib.sha256(path.name.encode()).hexdigest()
    utc, text = (
        pyarrow.schema([f.with_type(type_) if f.name in names else f for f in schema])
        for type_ in (pyarrow.timestamp("ms"), pyarrow.string())
    )
    with pq.ParquetWriter(plain, text) as writer:
        for batch in file.iter_batches():
            writer.write_batch(batch.cast(utc).cast(text))
    return plain


def _is_in_milliseconds(data_type: pyarrow.DataType) -> bool:
    return bool(pyarrow.types.is_timestamp(data_type)) and data_type.unit == "ms"


def _csv(plan: FilePlan, path: Path, plain: Path) -> Source:
    with plain.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        delimiter = max(MARKS, key=lambda mark: _known(plan, first.split(mark)))
        if not first.strip("\r\n"):
            raise UserError(f"{path} starts with an empty line: line 1 must be the header.")
        taken: list[str] = []
        rows = csv.reader(
            _tapped(chain([first], stream), taken),
            delimiter=delimiter,
            skipinitialspace=True,
            strict=True,
        )
        try:
            header = next(rows)
        except csv.Error as error:
            raise UserError(_HEADER_QUOTE.format(path)) from error
    if any(name.lstrip().startswith('"') for name in header):
        raise UserError(_HEADER_QUOTE.format(path))
    fields = _fields(plan, path, header, ["VARCHAR"] * len(header))
    columns = ", ".join(f"{field.column}: 'varchar'" for field in fields)
    # Left to itself DuckDB takes the first line break that it sees, be it within a name.
    reader = _text_reader(columns, delimiter, quote='"', header=True, end=line_end(taken[-1]))
    if len(fields) == 1:  # where an empty line would be a row
        reader = f"(from {reader} where c0 is not null)"
    return Source(plain, reader, fields, tuple(field.column for field in fields), delimiter)


def _known(plan: FilePlan, names: Sequence[str]) -> int:
    return sum(plan.knows(name.strip(' "\r\n')) for name in names)


def _json(connection: duckdb.DuckDBPyConnection, plan: FilePlan, path: Path, plain: Path) -> Source:
    """One object a line, or one array of objects; the columns are the keys of all objects."""
    is_array = _is_array(path, plain)
    if is_array:
        reader = "(select json::varchar as line from read_json_objects(?, format = 'array'))"
    else:
        lines = _text_reader("line: 'varchar'", "\x01", quote="", header=False)
        reader = f"(from {lines} where trim(line) <> '')"
    is_object = "case when json_valid(line) then json_type(line) = 'OBJECT' else false end"
    repeats = "len(json_keys(line)) > len(list_distinct(json_keys(line)))"
    broken = f"case when {is_object} then {repeats} else true end"
    keys = connection.execute(
        f"""select distinct unnest(json_keys(line)) as name
        from (select case when {is_object} then line end as line from {reader}) order by name""",
        [escape(str(plain))],
    ).fetchall()
    fields = _fields(plan, path, [name for (name,) in keys], ["VARCHAR"] * len(keys))
    pointers = ("/" + name.replace("~", "~0").replace("/", "~1") for (name,) in keys)
    paths = ", ".join(literal(pointer) for pointer in pointers)
    values = f"json_extract_string(case when {is_object} then line end, [{paths}]::varchar[])"
    columns = "".join(f", row_values[{field.place + 1}] as {field.column}" for field in fields)
    relation = f"(select line{columns} from (select line, {values} as row_values from {reader}))"
    return Source(plain, relation, fields, () if is_array else ("line",), broken=broken)


def _is_array(path: Path, plain: Path) -> bool:
    """Whether a JSON file is an array. Raises UserError where it does not end as one.

    DuckDB takes an array that ends between two objects for a whole one.
    """
    first, last = b"", b""
    with plain.open("rb") as stream:
        stream.seek(len(BOM_UTF8) if stream.read(len(BOM_UTF8)) == BOM_UTF8 else 0)
        while block := stream.read(_BLOCK):
            text = block.strip(b" \t\r\n")
            if not first and text and not text.startswith(b"["):
                return False
            if not first and text and stream.tell() > _BLOCK + len(BOM_UTF8):
                raise UserError(f"{path} begins with more than a million blanks: leave them out.")
            first, last = first or text[:1], text[-1:] or last
    if first and last != b"]":
        raise UserError(_DAMAGED.format(path))
    return bool(first)


def _text_reader(columns: str, delimiter: str, quote: str, header: bool, end: str = "") -> str:
    """All text, no type guessed; rows that do not fit go to the table `ragged`."""
    lines = f"new_line = '{end.encode('unicode_escape').decode()}'," if end else ""
    return f"""read_csv(?, {lines} columns = {{{columns}}}, header = {header},
        delim = {literal(delimiter)}, quote = '{quote}', escape = '{quote}', auto_detect = false,
        hive_partitioning = false, allow_quoted_nulls = false, store_rejects = true,
        rejects_table = 'ragged', rejects_scan = 'ragged_scans')"""


def take_ragged(
    connection: duckdb.DuckDBPyConnection, path: Path, source: Source
) -> dict[str, tuple[str, int]]:
    """The texts that the last reading of a source could not make rows of: reason and count.

    Raises UserError where what follows such a text cannot be trusted either.
    """
    if not source.lines_by:
        return {}
    rows = connection.execute(
        """select trim(csv_line, chr(13) || chr(10)), min(error_type::varchar),
            count(distinct line_byte_position)
        from ragged group by 1"""
    ).fetchall()
    connection.execute("drop table ragged; drop table ragged_scans")
    for text, kind, _ in rows:
        if kind == "INVALID ENCODING":
            raise UserError(_NOT_UTF8.format(path))
        if kind == "LINE SIZE OVER MAXIMUM" or (kind == "UNQUOTED VALUE" and "\n" in text):
            raise UserError(misquoted(path, source))
    reasons = _RAGGED if source.delimiter else dict.fromkeys(_RAGGED, NO_OBJECT)
    return {text: (reasons.get(kind, "is no row"), count) for text, kind, count in rows}


def miscounted(path: Path, source: Source, seen: int, counted: int) -> str:
    """What to say of a file of which DuckDB makes more or fewer rows than a second count."""
    if source.delimiter and max(row.count("\n") for _, row, _ in lines(source)):
        return misquoted(path, source)
    return (
        f"{path} can be read as {seen:,} rows or as {counted:,}: look for a quote out of place or "
        "for bytes that are no text, and write the file anew."
    )


def misquoted(path: Path, source: Source) -> str:
    """What to say of a file whose quotes hide where its rows end: the longest is suspect."""
    breaks, length, line = max((row.count("\n"), len(row), line) for line, row, _ in lines(source))
    if not breaks:
        return (
            f"{path}: the row in line {line} is {length:,} characters long, more than a row may "
            "be: shorten it, or close the quote left open there."
        )
    return (
        f"{path}: the row that begins in line {line} runs over {breaks + 1} lines and {length} "
        "characters: close the quote left open there, or double it where it is part of a text."
    )


def content(values: Iterable[str | None]) -> Content:
    """What is left of a row's texts when it does not matter how they were written."""
    return tuple((value or "").strip() for value in values)


def records(source: Source) -> Iterator[tuple[int, str, list[str]]]:
    """The header and rows of CSV: first line (counted from 1), text with line end, and cells.

    An empty line is a row without cells.
    """
    with source.path.open(encoding="utf-8-sig", newline="") as stream:
        taken: list[str] = []
        reader = csv.reader(
            _tapped(stream, taken), delimiter=source.delimiter or ",", skipinitialspace=True
        )
        skipped = source.frame.skipped if source.frame else 0
        start = skipped + 1
        for row in reader:
            yield start, "".join(taken), row
            start = skipped + reader.line_num + 1
            taken.clear()


def line_end(text: str) -> str:
    """What ends a text that is a line; empty where it is the last of its file."""
    return next((end for end in ("\r\n", "\n", "\r") if text.endswith(end)), "")


def lines(source: Source) -> Iterator[tuple[int, str, Content]]:
    """The rows of a text file: first line (counted from 1), text and content."""
    if source.delimiter:
        for line, text, row in islice(records(source), 1, None):
            if row:
                yield line, text.strip("\r\n"), content(row[: len(source.lines_by)])
        return
    with source.path.open(encoding="utf-8-sig", newline="") as stream:
        for line, text in enumerate(stream, start=1):
            if text.strip(" \r\n"):
                yield line, text.strip("\r\n"), content([text])


def _tapped(stream: Iterable[str], taken: list[str]) -> Iterator[str]:
    """The lines of a stream, each also appended to `taken`."""
    for line in stream:
        taken.append(line)
        yield line
