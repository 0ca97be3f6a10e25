"""Reads the rows of a seed from a workbook of Excel, as texts."""

import io
import re
from datetime import date, time
from itertools import chain, repeat
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from scripts.seeds.checks.seeds import Seed
from scripts.seeds.fixes.grid import plain_name
from scripts.seeds.fixes.notes import Line, Notes

SIGNATURE = b"PK\x03\x04"

_NOT_SHOWN = re.compile(r"\[[^\]]*\]|\"[^\"]*\"")  # the language of a format, and words in it


def sheet_rows(content: bytes, seed: Seed, notes: Notes) -> list[Line] | None:
    """The rows of the sheet that is named as the seed, else of the first; None where it is none."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        return None
    named = [sheet for sheet in book.worksheets if sheet.title.strip().lower() == seed.name]
    for sheet in [*named, *book.worksheets][:1]:
        notes.fixed(f"the rows of the sheet '{sheet.title}' of a workbook are a CSV file")
        rows = [*sheet.iter_rows()]
        names = [plain_name(str(cell.value)) for cell in rows[0]] if rows else []
        dated = [name in seed.columns and seed.columns[name].kind == "date" for name in names]
        return [
            (line, [*map(_text, cells, chain(dated, repeat(False)))])
            for line, cells in enumerate(rows, start=1)
        ]
    return None


def _text(cell: object, is_dated: bool) -> str:
    """A cell as a CSV file has it. A day outside of columns of dates stays as it is shown."""
    value = getattr(cell, "value", None)
    shown = _NOT_SHOWN.sub("", str(getattr(cell, "number_format", "")).lower())
    match value:
        case None:
            return ""
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.15g}"
        case date() if is_dated or {"d", "y"} <= {*shown}:
            return f"{value:%Y-%m-%d}"
        case date():  # a datetime is one too
            return f"{value:%d-%b}" if "d" in shown else f"{value:%b-%y}"
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)
