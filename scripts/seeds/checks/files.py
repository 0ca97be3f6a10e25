"""Reads a seed's file: UTF-8, CSV, the columns of the seed, each row as long as the header.

What is checked is what is loaded: rows are read by Python's csv in either case. Line ends may be
those of Windows.
"""

import codecs
import csv
import difflib
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from scripts.seeds.checks.seeds import Seed
from scripts.seeds.checks.tables import Finding, Findings, Row, Table, listed, shortened
from scripts.shared.errors import UserError

csv.field_size_limit(2**31 - 1)  # whatever else the process reads

# Encodings that spreadsheets save in, and runs of bytes as their languages have them: the letters
# of the script in order, the ideographs in daily use, or single letters between ASCII ones. Of two
# that explain as much the first is the guess.
CP1252 = "CP1252 (Western European)"
_ENCODINGS = {
    CP1252: (
        "cp1252",
        rb"(?<![\x80-\xff])[\x80-\x9f\xab\xb0\xb4\xb7\xba\xbb\xbf-\xff]{1,2}(?![\x80-\xff])",
    ),
    "Big5 (traditional Chinese)": ("big5", rb"(?:[\xa4-\xc6][\x40-\x7e\xa1-\xfe])+"),
    "CP874 (Thai)": (
        "cp874",
        rb"(?:[\xe0-\xe4]?[\xa1-\xce][\xd1\xd4-\xda\xe7-\xee]*[\xcf\xd0\xd2\xd3\xe5\xe6]*)+",
    ),
    "CP1253 (Greek)": (
        "cp1253",
        rb"(?<![A-Za-z])[\xa2\xb8-\xbf\xc1-\xd9]*[\xc0\xdc-\xfe]*(?![A-Za-z])",
    ),
    "GBK (simplified Chinese)": ("gbk", rb"(?:[\xb0-\xd7][\xa1-\xfe])+"),
    "Shift-JIS (Japanese)": ("cp932", rb"(?:[\x82\x83\x88-\x97][\x40-\x7e\x80-\xfc])+"),
}

_SAVE = "save it as CSV in UTF-8 without BOM"
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".tsv", ".txt")


@dataclass(frozen=True)
class SeedFile:
    """Where a seed lies, None where nowhere, and how messages call it."""

    path: Path | None
    shown: str


def find_files(folder: Path, known: Sequence[str]) -> tuple[dict[str, SeedFile], list[Finding]]:
    """What is named as a seed below a folder, by name, and what is found of all else there."""
    files: dict[str, SeedFile] = {}
    odd = []
    for path in entries_below(folder):
        shown = str(path.relative_to(folder.parent))
        if path.name in files:
            message = f"the seed stands in {files[path.name].shown} too; one of them must go"
            odd.append(Finding(shown, None, None, path.name, message, about="file"))
        elif path.name in known:
            files[path.name] = SeedFile(path, shown)
        elif path.suffix.lower() == ".csv":
            close = difflib.get_close_matches(path.name, known, 1, 0.6)
            message = f"the file is no seed; it may be named {listed(close or sorted(known))}"
            odd.append(Finding(shown, None, None, path.name, message, about="file"))
        elif path.is_symlink() and path.is_dir():
            message = "a link to a folder is not followed; put the folder itself there"
            odd.append(Finding(shown, None, None, path.name, message, about="file"))
        elif path.suffix.lower() in _SPREADSHEETS:
            message = "the file is not read; a seed is a CSV file"
            odd.append(Finding(shown, None, None, path.name, message, "warning", "file"))
    return files, odd


def entries_below(folder: Path) -> list[Path]:
    """All files, links and folders below a folder; links to folders are not followed.

    Raises UserError where a folder may not be read.
    """

    def refuse(error: OSError) -> NoReturn:
        raise error

    with readable():
        return sorted(
            Path(parent, name)
            for parent, folders, files in os.walk(folder, onerror=refuse)
            for name in (*folders, *files)
        )


@contextmanager
def readable() -> Iterator[None]:
    """Turns a file or folder that may not be read into a UserError."""
    try:
        yield
    except PermissionError as error:
        raise UserError(
            f"{error.filename} cannot be read ({error.strerror}); give your user the right to"
        ) from error


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a sound seed's file: its cells as text by column, '' where empty."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_table(file: SeedFile, seed: Seed) -> Table:
    """The seed's table; without rows where its file is missing or no such CSV file.

    Raises UserError where the file may not be read.
    """
    table = Table(seed, file.shown)
    try:
        with readable():
            text = _text(file.path, table)
        table.findings.extend(_line_ends(text, table))
        table.rows = _rows(text, table)
    except _UnreadableError as error:
        table.findings.append(error.finding)
        table.is_readable = False
    return table


class _UnreadableError(Exception):
    """Nothing more can be said of the file."""

    def __init__(self, table: Table, message: str, line: int | None = None) -> None:
        self.finding = table.of_file(message, line=line)


def _text(path: Path | None, table: Table) -> str:
    if path is None:
        raise _UnreadableError(
            table, "the file is missing; where it has no rows it is its header alone"
        )
    content = _content(path, table)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _UnreadableError(table, f"the file is UTF-16, as 'Unicode text' is; {_SAVE}")
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise _UnreadableError(table, f"a NUL byte stands there: it is no text; {_SAVE}", line)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        guess = encoding_of(content)
        message = f"the file is not UTF-8{f' but looks like {guess}' if guess else ''}; {_SAVE}"
        raise _UnreadableError(table, message, line) from error
    if text.startswith("\ufeff"):
        message = f"the file begins with a byte order mark (BOM); {_SAVE}"
        table.findings.append(table.of_file(message, line=1))
        text = text[1:]
    if not text.strip():
        columns = ",".join(table.seed.columns)
        raise _UnreadableError(table, f"the file is empty; its first line must be {columns}")
    return text


def _content(path: Path, table: Table) -> bytes:
    if path.is_symlink() and not path.exists():
        raise _UnreadableError(table, f"the link to {path.readlink()} leads to no file")
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "no file"
        raise _UnreadableError(table, f"{kind} stands there; a seed is a CSV file")
    return path.read_bytes()


def encoding_of(content: bytes) -> str | None:
    """The encoding whose language explains most of the bytes that are no ASCII; None below half."""
    shares = {}
    for name, (codec, pattern) in _ENCODINGS.items():
        try:
            content.decode(codec)
        except UnicodeDecodeError:
            continue
        shares[name] = sum(_high(run) for run in re.findall(pattern, content)) / _high(content)
    best = max(shares, key=shares.__getitem__, default="")
    return best if shares.get(best, 0) >= 0.5 else None


def _high(content: bytes) -> int:
    return sum(byte >= 0x80 for byte in content)


def _line_ends(text: str, table: Table) -> Findings:
    if len(set(re.findall("\r\n|\r|\n", text))) > 1:
        yield table.of_file("lines end in different ways (CR LF and LF); save it with LF alone")


def _rows(text: str, table: Table) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[Row] = []
    blank: list[int] = []
    line = 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            if start == 1:
                header = cells
                _refuse_delimiters(text.splitlines()[0], table)
                table.findings.extend(header_faults(header, table))
            elif not any(cells):
                blank.append(start)
            elif len(cells) != len(header):
                table.findings.append(ragged_row(table, start, cells, header))
            else:
                rows.append(Row(table.file, start, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        message = (
            "a double quote is not closed, or text follows it; "
            "quote the whole cell and write a double quote within it twice"
        )
        raise _UnreadableError(table, message, line + 1) from error
    if blank:
        more = f" and {len(blank) - 1} more" if len(blank) > 1 else ""
        message = f"a blank row{more}; delete blank rows, also at the end"
        table.findings.append(table.of_file(message, line=blank[0]))
    table.is_readable = sorted(header) == sorted(table.seed.columns)
    return rows if table.is_readable else []


def _refuse_delimiters(line: str, table: Table) -> None:
    for sign, name in _DELIMITERS.items():
        if sign in line and "," not in line:
            raise _UnreadableError(table, f"cells are parted by {name}; {_SAVE}, with commas", 1)


def header_faults(header: list[str], table: Table) -> Findings:
    """What is wrong with the names of columns."""
    columns = table.seed.columns
    missing = [name for name in columns if name not in header]
    for place, name in enumerate(header, start=1):
        if name in columns:
            if name in header[: place - 1]:
                yield _column(table, name, f"'{name}' stands in the header twice")
            continue
        alone = missing if len(missing) == 1 and name else []
        close = difflib.get_close_matches(name.lower(), missing, 1, 0.5) or alone
        missing = [other for other in missing if other not in close]
        shown = f"'{shortened(name)}'" if name else f"cell {place} of the header is empty and"
        allowed = listed(close or missing) or "left out"
        yield _column(table, name, f"{shown} is no column; it may be {allowed}")
    for name in missing:
        yield _column(table, name, "the column is missing")


def _column(table: Table, name: str, message: str) -> Finding:
    return table.of_file(message, column=name or None, line=1)


def ragged_row(table: Table, line: int, cells: list[str], header: list[str]) -> Finding:
    """What is wrong with a row that has more or less cells than the header."""
    if len(cells) > len(header):
        advice = "put a cell that holds a comma in double quotes, and write decimals with a point"
    else:
        advice = "write a comma also before and after an empty cell"
    message = f"{len(cells)} cells stand where the header has {len(header)}; {advice}"
    return table.of_file(message, line=line)
