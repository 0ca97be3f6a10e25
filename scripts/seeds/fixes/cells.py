"""Makes of each cell what its column takes, where that can be read in one way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.landing.frame import vocabulary
from scripts.seeds.checks.cells import lost, ungarbled
from scripts.seeds.checks.seeds import Column, Seed
from scripts.seeds.fixes.notes import Fix, Line, Notes
from scripts.seeds.fixes.readings import (
    Dates,
    Numbers,
    TwoReadingsError,
    read_dates,
    read_numbers,
)

_TYPED = ("number", "whole", "date")
_NO_VALUE = ("nan", "null", "none", "nil", "<na>", "na", "n/a", "-", "–", "—")

_NO_BREAK_SPACES = re.compile("[\u00a0\u2007\u202f]")
_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
_FORMULA = re.compile('="(.*)"', re.DOTALL)
_APOSTROPHE = re.compile(r"['’](?=[\d=+@-][\d.,/:%-]*$)")
_TIME = re.compile(r"(\d{1,2})[:.h](\d\d)(?::00(?:\.0+)?)?(?: ?([AaPp])\.?[Mm]\.?)?")
_PART_OF_A_DAY = re.compile(r"0?[.,]\d+|0")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_LOST_LETTERS = re.compile(r"\?{2,}|\w\?\w|^\?$")


@dataclass(frozen=True)
class _Fixer:
    """How the cells of a file are read, and where it is noted."""

    numbers: Numbers
    dates: Dates
    notes: Notes

    def fix(self, line: int, column: Column, before: str, what: str, text: str) -> str:
        """The cell as its column has it. `text` is the cell once it is cleaned, for `what`."""
        try:
            read, reason = self._read(text, column) if text else (text, "")
        except TwoReadingsError as error:
            self.notes.refuse(str(error), line, column.name, before)
            return before
        after = text if read is None else read
        if fault := lost(after, column):
            self.notes.refuse(fault, line, column.name, before)
        elif after != before:
            fix = Fix(self.notes.file, what or reason, line, column.name, before, after)
            self.notes.fixes.append(fix)
        return after

    def _read(self, text: str, column: Column) -> tuple[str | None, str]:
        """What stands there in the words of the column, None where it is none; and what it is."""
        if column.kind in _TYPED and text.lower() in _NO_VALUE:
            return "", "no value"
        if column.kind == "date":
            return self.dates.read(text), "a date"
        if column.kind in _TYPED:
            return self.numbers.read(text, column), "a number"
        if {"yes", "no"} <= {*column.accepted}:
            return _truth(text), "yes or no"
        if _is_time(column):
            return _time(text), "a time of day"
        has_comma = not _is_strict(column) and _DECIMAL_COMMA.fullmatch(text)
        if has_comma and self.numbers.has_commas and not self.numbers.has_points:
            return text.replace(",", "."), "a number"
        return None, ""


def fix_cells(
    lines: Sequence[Line], seed: Seed, cells_parted_by: str, notes: Notes
) -> list[list[str]]:
    """The rows below the header, cell by cell as their columns take them.

    What may be read in two ways, and what is lost, is among what is refused.
    """
    columns = [*seed.columns.values()]
    cleaned = [
        [_cleaned(cell, column) for cell, column in zip(cells, columns, strict=True)]
        for _, cells in lines
    ]

    def of(*kinds: str) -> list[str]:
        rows = (zip(row, columns, strict=True) for row in cleaned)
        return [text for row in rows for (text, _), column in row if text and column.kind in kinds]

    fixer = _Fixer(
        read_numbers(of("number", "whole"), cells_parted_by), read_dates(of("date")), notes
    )
    return [
        [
            fixer.fix(line, column, before, what, text)
            for column, before, (text, what) in zip(columns, cells, row, strict=True)
        ]
        for (line, cells), row in zip(lines, cleaned, strict=True)
    ]


def refuse_lost_letters(lines: Sequence[Line], seed: Seed, notes: Notes) -> None:
    """Refuse question marks where letters stood that an encoding of one byte a letter lacks."""
    for line, cells in lines:
        for column, cell in zip(seed.columns.values(), cells, strict=True):
            if not column.name.endswith("_glob") and _LOST_LETTERS.search(cell):
                message = "has question marks for letters that its encoding lacks; save it in UTF-8"
                notes.refuse(message, line, column.name, cell)


def _cleaned(cell: str, column: Column) -> tuple[str, str]:
    """The cell without what stands around it or cannot be seen, and what that was."""
    what = ""
    spaced = _UNSEEN.sub("", _NO_BREAK_SPACES.sub(" ", cell))
    text = spaced.strip() if spaced != cell or _is_strict(column) else cell
    if text != cell:
        what = "spaces"
    if found := _FORMULA.fullmatch(text):
        text, what = found[1].replace('""', '"'), "a formula"
    if _APOSTROPHE.match(text):
        text, what = text[1:], "an apostrophe"
    if (plain := ungarbled(text)) is not None:
        text, what = plain, "garbled letters"
    return text, what


def _is_strict(column: Column) -> bool:
    """Whether a column takes some texts alone, none of which has space around it."""
    takes_any = column.kind in ("text", "words") and not column.pattern
    return not takes_any or bool(column.accepted or column.accepted_by or column.refers_to)


def _is_time(column: Column) -> bool:
    """Whether a column takes times of the day, and these alone."""
    takes = [bool(re.fullmatch(column.pattern or "", text)) for text in ("09:00", "24:00")]
    return takes == [True, False]


def _truth(text: str) -> str | None:
    words = vocabulary()["truth"]
    return next((said for said in ("yes", "no") if text.lower() in words[said]), None)


def _time(text: str) -> str | None:
    """A time of day as 09:00: of any of its forms, or of the part of the day that it is."""
    if _PART_OF_A_DAY.fullmatch(text):
        minutes = round(float(text.replace(",", ".")) * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if not (found := _TIME.fullmatch(text)):
        return None
    hour = int(found[1])
    if found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    return f"{hour:02}:{found[2]}"
