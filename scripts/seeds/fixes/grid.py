"""The rows of a file, under the header of its seed."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence

from scripts.landing.frame import MARKS
from scripts.seeds.checks.files import header_faults, ragged_row
from scripts.seeds.checks.seeds import Seed
from scripts.seeds.checks.tables import Table
from scripts.seeds.fixes.notes import Line, Notes

_NAMES = {";": "semicolons", "\t": "tabs", "|": "bars"}
_ENDS = {"\r\n": "CR LF", "\r": "CR"}
_SEP = re.compile(r'"?sep=(.)"?[;,\t|]*(?:\r\n|\r|\n)', re.IGNORECASE)
_TYPOGRAPHIC = str.maketrans("“”„", '"""')


def parsed(text: str, seed: Seed, notes: Notes) -> tuple[list[Line], str] | None:
    """The rows of a text, and what parts its cells; None where it is no CSV."""
    skipped, told = 0, _SEP.match(text)
    if told:
        notes.fixed("the line sep= is gone")
        text, skipped = text[told.end() :], 1
    mark = told[1] if told else max(MARKS, key=lambda mark: _known(text, mark, seed))
    lines = _lines(text, mark, skipped)
    straight = text.translate(_TYPOGRAPHIC)
    if straight != text and (straight.startswith('"') or _is_ragged(lines)):
        other = _lines(straight, mark, skipped)
        if not _is_ragged(other):
            notes.fixed("typographic quotes around cells are plain ones")
            lines = other
    if lines is None:
        return None
    if mark in _NAMES:
        notes.fixed(f"{_NAMES[mark]} between cells are commas")
    ends = {*re.findall("\r\n|\r|\n", text)}
    if ends - {"\n"}:
        named = " and ".join(_ENDS.get(end, "LF") for end in sorted(ends))
        notes.fixed(f"lines end with LF, not {named}")
    if text.startswith('"') and not any(set(name) & {*'",\r\n'} for name in lines[0][1]):
        notes.fixed("needless quotes are gone")
    return lines, mark


def under_header(lines: Sequence[Line], seed: Seed, notes: Notes) -> list[Line] | None:
    """The rows, header first, with the columns of the seed in its order, and no blank ones.

    Rows that end early have empty cells there. None where columns are missing or too many, or a
    row has more cells than the header; that is among what is refused then.
    """
    filled = [line for line in lines if not all(map(_is_blank, line[1]))]
    if len(filled) < len(lines):
        notes.fixed("blank rows are gone")
    if not filled:
        return None
    (first, names), *rows = filled
    header = [_column(name, seed, notes) for name in names]
    places = _places(header, rows, seed, notes)
    known = [header[place] for place in places if place < len(header)]
    table = Table(seed, notes.file)
    found = [*header_faults(known, table)]
    found += (
        ragged_row(table, line, cells, header)
        for line, cells in rows
        if any(place >= len(header) and not _is_blank(cells[place]) for place in _of(cells, places))
    )
    if found:
        notes.refused.extend(found)
        return None
    if known != [*seed.columns]:
        notes.fixed("columns stand in the order of the seed")
    order = [places[known.index(name)] for name in seed.columns]
    notes.padded |= {line for line, cells in rows if len(cells) <= max(places)}
    if notes.padded:
        notes.fixed("rows that end early have their empty cells")
    body = [(line, [cells[n] if n < len(cells) else "" for n in order]) for line, cells in rows]
    return [(first, [*seed.columns]), *(row for row in body if not all(map(_is_blank, row[1])))]


def _of(cells: list[str], places: list[int]) -> list[int]:
    return [place for place in places if place < len(cells)]


def _known(text: str, mark: str, seed: Seed) -> int:
    """How many columns of the seed the header has, were cells parted so."""
    try:
        header = next(csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=mark), [])
    except csv.Error:
        return 0
    return len({plain_name(name) for name in header} & {*seed.columns})


def _lines(text: str, mark: str, skipped: int) -> list[Line] | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    lines: list[Line] = []
    number = skipped + 1
    try:
        for cells in reader:
            lines.append((number, cells))
            number = skipped + reader.line_num + 1
    except csv.Error:
        return None
    return lines or None


def _is_ragged(lines: Sequence[Line] | None) -> bool:
    return lines is None or any(len(cells) != len(lines[0][1]) for _, cells in lines if any(cells))


def _is_blank(cell: str) -> bool:
    return not cell.strip(" \t\r\n\x0b\x0c\u00a0\u202f\u2007\u200b\ufeff")


def plain_name(name: str) -> str:
    """The name of a column as seeds write it."""
    return re.sub(r"[\s\-]+", "_", unicodedata.normalize("NFKC", name).strip(" '\"\ufeff").lower())


def _column(name: str, seed: Seed, notes: Notes) -> str:
    if name in seed.columns or plain_name(name) not in seed.columns:
        return name
    notes.fixed(f"the column '{name}' is {plain_name(name)}")
    return plain_name(name)


def _places(header: list[str], rows: Sequence[Line], seed: Seed, notes: Notes) -> list[int]:
    """Which places hold a column: all but unknown ones that are empty or number the rows."""
    width = max(len(cells) for cells in (header, *(cells for _, cells in rows)))
    numbers = [[str(start + n) for n in range(len(rows))] for start in (0, 1)]
    places, left_out = [], []
    for place in range(width):
        column = [cells[place] if place < len(cells) else "" for _, cells in rows]
        if place < len(header) and header[place] in seed.columns:
            places.append(place)
        elif all(map(_is_blank, column)):
            left_out.append("empty columns are gone")
        elif place == 0 and len(rows) > 1 and column in numbers:
            left_out.append("the column that numbers the rows is gone")
        else:
            places.append(place)
    for what in dict.fromkeys(left_out):
        notes.fixed(what)
    return places
