"""Reads the rows of a seed from a workbook of Excel, as texts."""

import io
from datetime import date, datetime, time
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from scripts.seeds.checks.seeds import Seed
from scripts.seeds.fixes.notes import Line, Notes

SIGNATURE = b"PK\x03\x04"


def sheet_rows(content: bytes, seed: Seed, notes: Notes) -> list[Line] | None:
    """The rows of the sheet that is named as the seed, else of the first; None where it is none."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        return None
    names = [name for name in book.sheetnames if name.strip().lower() == seed.name]
    name = [*names, *book.sheetnames][0]
    notes.fixed(f"the rows of the sheet '{name}' of a workbook are a CSV file")
    rows = book[name].iter_rows()
    return [(line, [*map(_text, cells)]) for line, cells in enumerate(rows, start=1)]


def _text(cell: object) -> str:
    """A cell as a CSV file has it. A day that is shown without its year was no date."""
    value = getattr(cell, "value", None)
    shown = str(getattr(cell, "number_format", "")).lower()
    match value:
        case None:
            return ""
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.15g}"
        case datetime() | date() if "y" not in shown:
            return f"{value:%d-%b}"
        case datetime() | date() if "d" not in shown:
            return f"{value:%b-%y}"
        case datetime() | date():
            return f"{value:%Y-%m-%d}"
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)
