"""Numbers and dates as people write them, read as landing reads those of files.

A mark or an order that one cell of a file cannot do without is that of all its cells. What has two
readings then is refused.
"""
# ruff: noqa: S608 (what SQL is built from is the macros of the contract)

import re
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from scripts.landing.contract import MACROS, Reading
from scripts.seeds.checks.cells import EXCEL_EPOCH
from scripts.seeds.checks.seeds import Column
from scripts.seeds.checks.spreadsheets import month_number
from scripts.shared.text import without_idle_zeros

_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_MAY_BE_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")

_PERCENT = re.compile(r"(.*\d)\s*[%٪]")
_IN_BRACKETS = re.compile(r"\((.*\d.*)\)|(\d.*)-")  # as accountants write what is below 0
_SCIENTIFIC = re.compile(r"([+-]?\d+(?:[.,](\d+))?)[Ee]([+-]?\d{1,3})")

_MIDNIGHT = re.compile(r"(.*\d)[T ]+0?0:00(:00(\.0+)?)?Z?")
_SERIAL = re.compile(r"([1-9]\d{4})([.,]0+)?")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})\.?")
_SHORT_YEAR = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d\d)")
_DAY_IN_WORDS = re.compile(r"(\d{1,2})(?:\. ?|[ -])([^\W\d_]{3,})\.?[ -](\d{4}|\d\d)")
_MONTH_IN_WORDS = re.compile(r"([^\W\d_]{3,})\.? (\d{1,2}),? (\d{4})")
_LAST_SHORT_YEAR = 49  # of this century; a later one may be of either


class TwoReadingsError(Exception):
    """A cell that may mean one of several things; the text says which."""


@dataclass(frozen=True)
class Numbers:
    """How the numbers of a file are read: each one's reading with a decimal point and a comma."""

    readings: Mapping[str, tuple[str | None, str | None]]
    has_points: bool
    has_commas: bool
    cells_parted_by: str

    def read(self, text: str, column: Column) -> str | None:
        """The number as seeds have it; None where it is none. Raises TwoReadingsError."""
        is_whole = column.kind == "whole"
        if found := _SCIENTIFIC.fullmatch(text):
            return _without_exponent(found, column)
        if found := _PERCENT.fullmatch(text):
            number = self._read(found[1].strip(), is_whole=False)
            return number and without_idle_zeros(f"{Decimal(number) / 100:f}")
        if found := _IN_BRACKETS.fullmatch(text):
            number = self._read((found[1] or found[2]).strip(), is_whole)
            return number and f"-{number}"
        number = self._read(text, is_whole)
        return without_idle_zeros(number) if number and is_whole else number

    def _read(self, text: str, is_whole: bool) -> str | None:
        by_point, by_comma = self.readings.get(text, (None, None))
        if is_whole:
            by_point, by_comma = _if_whole(by_point), _if_whole(by_comma)
        if by_point is None or by_comma is None or Decimal(by_point) == Decimal(by_comma):
            return by_comma if by_point is None else by_point
        if self.has_commas != self.has_points:
            return by_comma if self.has_commas else by_point
        if self.cells_parted_by == ";" and "," in text and not self.has_points:
            return by_comma
        if self.cells_parted_by != ";" and _PLAIN.fullmatch(text) and not self.has_commas:
            return by_point
        raise TwoReadingsError(f"may be {by_point} or {by_comma}")


def read_numbers(texts: Iterable[str], cells_parted_by: str) -> Numbers:
    """The readings of all cells of a file that hold numbers."""
    cores = sorted({_core(text) for text in texts})
    if all(_PLAIN.fullmatch(core) and not _MAY_BE_THOUSANDS.fullmatch(core) for core in cores):
        plain: dict[str, tuple[str | None, str | None]] = {text: (text, text) for text in cores}
        return Numbers(plain, has_points=False, has_commas=False, cells_parted_by=cells_parted_by)
    rows = _by_landing("as_money_by_comma(translate(x, ',.', '.,')), as_money_by_comma(x)", cores)
    readings = {text: (_plain(by_point), _plain(by_comma)) for text, by_point, by_comma in rows}
    only = [(p is None, c is None) for p, c in readings.values()]
    return Numbers(readings, (False, True) in only, (True, False) in only, cells_parted_by)


def _if_whole(number: str | None) -> str | None:
    return number if number and Decimal(number) % 1 == 0 else None


def _core(text: str) -> str:
    """The part of a cell that landing reads as a number."""
    if found := _PERCENT.fullmatch(text):
        return found[1].strip()
    if found := _IN_BRACKETS.fullmatch(text):
        return (found[1] or found[2]).strip()
    return text


def _plain(number: str | None) -> str | None:
    """A number as seeds write it: a digit before the point, no plus sign."""
    if number is None:
        return None
    return re.sub(r"^(-?)\.", r"\g<1>0.", number.removeprefix("+"))


def _without_exponent(found: re.Match[str], column: Column) -> str:
    """A number all of whose digits are shown, as far as its column can have any."""
    shown, exponent = len(found[2] or ""), int(found[3])
    value = Decimal(found[0].replace(",", "."))
    text = without_idle_zeros(f"{value:f}")
    decimals = 0 if column.kind == "whole" else column.decimals
    is_small = shown >= exponent >= 0 and value == value.to_integral_value()
    if is_small or exponent - shown <= -decimals:
        return text
    raise TwoReadingsError(f"may be {text} or a number near it: digits are not shown")


@dataclass(frozen=True)
class Dates:
    """How the dates of a file are read: each one's reading with the day first and the month."""

    readings: Mapping[str, tuple[str | None, str | None]]
    has_days_first: bool
    has_months_first: bool

    def read(self, text: str) -> str | None:
        """The date as seeds have it; None where it is none. Raises TwoReadingsError."""
        core = _date_core(text)
        if _ISO.fullmatch(core):
            return core
        if (found := _SHORT_YEAR.fullmatch(text)) and int(found[4]) > _LAST_SHORT_YEAR:
            raise TwoReadingsError(f"may be of 19{found[4]} or 20{found[4]}")
        by_day, by_month = self.readings.get(core, (None, None))
        if by_day is None or by_month is None or by_day == by_month:
            return by_month if by_day is None else by_day
        if self.has_days_first != self.has_months_first:
            return by_day if self.has_days_first else by_month
        raise TwoReadingsError(f"may be {by_day} or {by_month}")


def read_dates(texts: Iterable[str]) -> Dates:
    """The readings of all cells of a file that hold dates. With points the day is first."""
    cores = sorted({core for core in map(_date_core, texts) if not _ISO.fullmatch(core)})
    if not cores:
        return Dates({}, has_days_first=False, has_months_first=False)
    parsers = (Reading(dates=order).parser("date").format(x="x") for order in ("dmy", "mdy"))
    rows = _by_landing(", ".join(f"({parser})::varchar" for parser in parsers), cores)
    readings = {core: (day, None if "." in core else month) for core, day, month in rows}
    only = [(day is None, month is None) for day, month in readings.values()]
    return Dates(readings, (False, True) in only, (True, False) in only)


def _date_core(text: str) -> str:
    """A date without its midnight: in ISO where only its form differs, else with a whole year."""
    if found := _MIDNIGHT.fullmatch(text):
        text = found[1]
    if found := _SERIAL.fullmatch(text):
        return str(EXCEL_EPOCH + timedelta(days=int(found[1])))
    if found := _YEAR_FIRST.fullmatch(text):
        return _iso(found[1], int(found[2]), found[3]) or text
    if found := _DAY_IN_WORDS.fullmatch(text):
        return _iso(found[3], month_number(found[2]), found[1]) or text
    if found := _MONTH_IN_WORDS.fullmatch(text):
        return _iso(found[3], month_number(found[1]), found[2]) or text
    if found := _SHORT_YEAR.fullmatch(text):
        return f"{found[1]}{found[2]}{found[3]}{found[2]}20{found[4]}"
    return text


def _iso(year: str, month: int | None, day: str) -> str | None:
    if month is None or (len(year) == 2 and int(year) > _LAST_SHORT_YEAR):
        return None
    try:
        return str(date(int(year) + (2000 if len(year) == 2 else 0), month, int(day)))
    except ValueError:
        return None


def _by_landing(expressions: str, texts: list[str]) -> list[tuple[Any, ...]]:
    """What macros of the contract make of texts: each with its results."""
    with closing(duckdb.connect()) as connection:
        connection.execute("set TimeZone = 'UTC';" + MACROS)
        return connection.execute(
            f"select x, {expressions} from unnest($1::varchar[]) as texts (x)", [texts]
        ).fetchall()
