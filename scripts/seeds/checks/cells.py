"""Checks each cell against what its column says may stand there."""

import difflib
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, partial

from scripts.seeds.checks.seeds import Column
from scripts.seeds.checks.spreadsheets import destroyed
from scripts.seeds.checks.tables import Finding, Findings, Row, Table, listed
from scripts.seeds.checks.vocabulary import Names, Vocabulary

_NUMBER = re.compile("-?[0-9]+([.][0-9]+)?")
_DECIMAL_COMMA = re.compile("[-+]?[0-9.]*,[0-9]+")
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
EXCEL_EPOCH = date(1899, 12, 30)


def check_cells(table: Table, vocabulary: Vocabulary) -> Findings:
    """What is wrong with the table's cells, one by one, and with its key."""
    lines: dict[tuple[str, ...], int] = {}
    for row in table:
        for column in table.seed.columns.values():
            yield from _check(row, column, table, vocabulary)
        key = row.key(*table.seed.key)
        if key in lines:
            yield _repeated(row, table.seed.key, lines[key])
        lines.setdefault(key, row.line)


def _repeated(row: Row, key: list[str], line: int) -> Finding:
    told = next((column for column in reversed(key) if row[column]), key[0])
    others = listed([column for column in key if column != told], "and")
    return row.fault(told, f"stands in line {line} already" + (others and f", with equal {others}"))


def _check(row: Row, column: Column, table: Table, vocabulary: Vocabulary) -> Findings:
    found = row[column.name]
    if not found:
        if column.required:
            yield row.fault(column.name, "is not allowed", _allowed(row, column, vocabulary))
        return
    fault = cell_fault(found, column)
    if fault:
        yield row.fault(column.name, fault, _form(column))
    elif column.kind == "attribute":
        yield from _attribute(row, column, vocabulary.attributes)
    elif column.kind == "field":
        yield from _attribute(row, column, vocabulary.fields)
    elif column.kind == "event_key" and not _is_known(row, column, vocabulary):
        yield row.unknown_event(column.name, _allowed(row, column, vocabulary))
    elif not _is_known(row, column, vocabulary):
        yield row.fault(column.name, _unknown(column), _allowed(row, column, vocabulary))
    elif column.not_below:
        yield from _inverted(row, column, table.seed.columns[column.not_below])


@lru_cache(maxsize=2**16)  # all cells of all seeds, of which an edit changes one
def cell_fault(found: str, column: Column) -> str | None:
    """Why a column does not take what stands in a cell, whatever the other seeds hold."""
    return _misread(found, column) or _kind_fault(found, column)


def can_stand(text: str) -> bool:
    """Whether a text may stand in a cell of a seed as it is, if its column takes any text."""
    return bool(text) and not _misread(text, Column("value"))


def _misread(found: str, column: Column) -> str | None:
    """What happened to text on its way through a spreadsheet or an editor."""
    if not found.strip():
        return "is blank but not empty"
    if "\n" in found or "\r" in found:
        return "holds a line break (a double quote that is not closed?)"
    if re.search("[\x00-\x1f\x7f\ufffd]", found):
        return "holds a character that cannot be read"
    if ungarbled(found) is not None:
        return "is garbled: UTF-8 that was read as CP1252"
    return lost(found, column)


def lost(found: str, column: Column) -> str | None:
    """What a spreadsheet did to a cell that cannot be undone, with what it likely was."""
    is_number = column.kind in ("number", "whole")
    parts = map(partial(destroyed, parts_between="." if is_number else "-"), found.split("|"))
    return next(filter(None, parts), None)


def ungarbled(found: str) -> str | None:
    """What a text was before its UTF-8 was read as CP1252; None where it was not."""
    try:
        return None if found.isascii() else found.encode("cp1252").decode()
    except UnicodeError:
        return None


def _kind_fault(found: str, column: Column) -> str | None:
    """Why a cell is not of its column's kind."""
    match column.kind:
        case "number" | "whole":
            return _number_fault(found, column)
        case "date":
            return _date_fault(found)
        case "name" | "words" | "event_key":
            if not any(char.isalpha() for char in found):
                return "is a number" if _NUMBER.fullmatch(found) else "holds no letter"
            if column.kind != "words" and (found != found.strip() or not found.isprintable()):
                return "has space around it or characters that cannot be seen"
        case "text" if column.pattern and not re.fullmatch(column.pattern, found):
            return "is not allowed"
    return None


def _number_fault(found: str, column: Column) -> str | None:
    if _DECIMAL_COMMA.fullmatch(found):
        return "has a decimal comma"
    if not _NUMBER.fullmatch(found):
        return "is no number"
    number = Decimal(found)
    if column.kind == "whole" and "." in found:
        return "is no whole number"
    if number < column.least or number == column.above:
        return "is too small"
    if number > column.max:
        return "is too large"
    if number != round(number, column.decimals):
        return f"has more than {column.decimals} decimals"
    return None


def _date_fault(found: str) -> str | None:
    if re.fullmatch("[1-9][0-9]{4}", found):
        day = EXCEL_EPOCH + timedelta(days=int(found))
        return f"is a date that a spreadsheet turned into a number ({day})"
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", found):
        return "is no ISO date"
    try:
        in_range = _FIRST_DAY <= date.fromisoformat(found) <= _LAST_DAY
    except ValueError:
        return "is no day of the calendar"
    return None if in_range else "is too early or too late"


def _form(column: Column) -> str:
    """What a column takes, whatever the other seeds hold."""
    if column.accepted:
        return listed(column.accepted)
    low = f"above {column.above} up to" if column.above is not None else f"from {column.least} to"
    match column.kind:
        case "number":
            return (
                f"a number {low} {column.max} with a point and at most {column.decimals} decimals"
            )
        case "whole":
            return f"a whole number {low} {column.max}"
        case "date":
            return f"a date from {_FIRST_DAY} to {_LAST_DAY}, written 2025-06-30"
        case "name" | "event_key":
            return "a name with a letter and no space around it"
        case "words":
            return "text in words"
    return column.form or "text"


def _known(row: Row, column: Column, vocabulary: Vocabulary) -> Names | None:
    """The names that may stand in a cell; None where it takes any, or they cannot be read."""
    if column.accepted:
        return Names(column.accepted, column.name)
    for other, accepted in column.accepted_by.items():
        if row[other] in accepted:
            return Names(accepted[row[other]], column.name)
    if column.refers_to:
        return vocabulary.references(column.name, column.refers_to)
    return vocabulary.event_keys if column.kind == "event_key" else None


def _is_known(row: Row, column: Column, vocabulary: Vocabulary) -> bool:
    names = _known(row, column, vocabulary)
    return names is None or row[column.name] in names.values


def _unknown(column: Column) -> str:
    if column.accepted == ["yes", "no"]:
        return "is not allowed"
    return f"is no {column.name}"


def _allowed(row: Row, column: Column, vocabulary: Vocabulary) -> str:
    names = _known(row, column, vocabulary)
    return names.like(row[column.name]) if names else _form(column)


def _attribute(row: Row, column: Column, names: Names | None) -> Findings:
    """An unknown attribute may be an extra column that was landed, unless it looks like a slip."""
    found = row[column.name]
    if names is None or found in names.values:
        return
    if found.startswith("in_segment:"):
        own = [name for name in names.values if name.startswith("in_segment:")]
        yield row.fault(column.name, "is no attribute", Names(own, names.kind).like(found))
        return
    close = difflib.get_close_matches(found.lower(), names.values, 1, 0.85)
    if close and not found.startswith(f"{close[0]}_"):
        yield row.fault(column.name, "is no attribute", close[0])
    else:
        owner = "accounts" if found.startswith("account.") else "leads"
        unknown = "is no attribute that is known"
        landed = f"it counts where {owner} are landed with such a column"
        yield replace(row.warning(column.name, f"{unknown}; {landed}"), about="landed")


def _inverted(row: Row, column: Column, lower: Column) -> Findings:
    low, high = row[lower.name], row[column.name]
    if not low or _kind_fault(low, lower):
        return
    if column.kind == "date" and high < low:
        yield row.fault(column.name, f"is before {lower.name} ({low})", f"{low} or later")
    elif column.kind != "date" and Decimal(high) < Decimal(low):
        yield row.fault(column.name, f"is less than {lower.name} ({low})", f"{low} or more")
