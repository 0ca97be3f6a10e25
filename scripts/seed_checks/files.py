"""Reads a seed's file: UTF-8, CSV, the columns of the seed, each row as long as the header.

DuckDB guesses how a CSV file is written, and dbt reads it with other rules; so only what all read
alike is let through. Line ends may be those of Windows.
"""

import codecs
import csv
import difflib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.seed_checks.seeds import Seed
from scripts.seed_checks.tables import Finding, Findings, Row, Table, listed, shortened

# Encodings that spreadsheets save in, and runs of bytes as their languages have them: the letters
# of the script in order, the ideographs in daily use, or single letters between ASCII ones. Of two
# that explain as much the first is the guess.
_ENCODINGS = {
    "CP1252 (Western European)": (
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
    """The seeds below a folder by file name, and what is found of other files there."""
    files: dict[str, SeedFile] = {}
    odd = []
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        shown = str(path.relative_to(folder.parent))
        if path.name in files:
            message = f"the seed stands in {files[path.name].shown} too; one of them must go"
            odd.append(Finding(shown, None, None, path.name, message))
        elif path.name in known:
            files[path.name] = SeedFile(path, shown)
        elif path.suffix.lower() == ".csv":
            close = difflib.get_close_matches(path.name, known, 1, 0.6)
            message = f"the file is no seed; it may be named {listed(close or sorted(known))}"
            odd.append(Finding(shown, None, None, path.name, message))
        elif path.suffix.lower() in _SPREADSHEETS:
            message = "the file is not read; a seed is a CSV file"
            odd.append(Finding(shown, None, None, path.name, message, is_warning=True))
    return files, odd


def read_table(file: SeedFile, seed: Seed) -> Table:
    """The seed's table; without rows where its file is missing or no such CSV file."""
    table = Table(seed, file.shown)
    try:
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
        self.finding = table.finding(message, line=line)


def _text(path: Path | None, table: Table) -> str:
    if path is None:
        raise _UnreadableError(
            table, "the file is missing; where it has no rows it is its header alone"
        )
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _UnreadableError(table, f"the file is UTF-16, as 'Unicode text' is; {_SAVE}")
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise _UnreadableError(table, f"a NUL byte stands there: it is no text; {_SAVE}", line)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        guess = _encoding(content)
        message = f"the file is not UTF-8{f' but looks like {guess}' if guess else ''}; {_SAVE}"
        raise _UnreadableError(table, message, line) from error
    if text.startswith("\ufeff"):
        message = f"the file begins with a byte order mark (BOM); {_SAVE}"
        table.findings.append(table.finding(message, line=1))
        text = text[1:]
    if not text.strip():
        columns = ",".join(table.seed.columns)
        raise _UnreadableError(table, f"the file is empty; its first line must be {columns}")
    return text


def _encoding(content: bytes) -> str | None:
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
        yield table.finding("lines end in different ways (CR LF and LF); save it with LF alone")


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
                _check_header(header, text.splitlines()[0], table)
            elif not any(cells):
                blank.append(start)
            elif len(cells) != len(header):
                table.findings.append(_ragged(table, start, cells, header))
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
        table.findings.append(table.finding(message, line=blank[0]))
    table.is_readable = sorted(header) == sorted(table.seed.columns)
    return rows if table.is_readable else []


def _check_header(header: list[str], line: str, table: Table) -> None:
    columns = table.seed.columns
    for sign, name in _DELIMITERS.items():
        if sign in line and "," not in line:
            raise _UnreadableError(table, f"cells are parted by {name}; {_SAVE}, with commas", 1)
    missing = [name for name in columns if name not in header]
    for place, name in enumerate(header, start=1):
        if name in columns:
            if name in header[: place - 1]:
                table.findings.append(_column(table, name, f"'{name}' stands in the header twice"))
            continue
        alone = missing if len(missing) == 1 and name else []
        close = difflib.get_close_matches(name.lower(), missing, 1, 0.5) or alone
        missing = [other for other in missing if other not in close]
        shown = f"'{shortened(name)}'" if name else f"cell {place} of the header is empty and"
        allowed = listed(close or missing) or "left out"
        table.findings.append(_column(table, name, f"{shown} is no column; it may be {allowed}"))
    for name in missing:
        table.findings.append(_column(table, name, "the column is missing"))


def _column(table: Table, name: str, message: str) -> Finding:
    return table.finding(message, column=name or None, line=1)


def _ragged(table: Table, line: int, cells: list[str], header: list[str]) -> Finding:
    if len(cells) > len(header):
        advice = "put a cell that holds a comma in double quotes, and write decimals with a point"
    else:
        advice = "write a comma also before and after an empty cell"
    message = f"{len(cells)} cells stand where the header has {len(header)}; {advice}"
    return table.finding(message, line=line)
