"""What spreadsheets make of other text for good, and what it likely was."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from babel.dates import get_month_names

from scripts.shared.text import text_key

# Languages whose spreadsheets part day, month and year by a hyphen; German puts a blank.
_LANGUAGES = ("en", "fr", "es", "it", "nl", "pt", "de")
_MONTHS_OF_OLD = {"mrz": 3}  # German spreadsheets have it for März

_WORD = r"(?P<word>[^\W\d_]{3,10})\.?"
_MONTH_AND_YEAR = re.compile(rf"{_WORD}(?P<between>[-/ ])(?P<number>\d{{2}}|\d{{4}})")
_DAY_AND_MONTH = re.compile(rf"(?P<number>\d{{1,2}})(?P<between>-|/|\.? ){_WORD}")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,](?P<decimals>\d+))?[Ee](?P<exponent>[+-]?\d+)")
_ERROR = re.compile(r"#[¡¿]?[^\W_][^\W\d_][\w/]*[!?]|#N/A|#N/D|#NV|#NA")
_TOO_NARROW = re.compile("#{3,}")


def destroyed(text: str, parts_between: str = "-") -> str | None:
    """What happened to a text, and what it likely was; None where nothing shows.

    `parts_between` is what stood between the numbers of what was taken for a date: a hyphen as in
    10-49, or the point of a number.
    """
    if _ERROR.fullmatch(text):
        return "is the error of a formula, and what it stood for is lost"
    if _TOO_NARROW.fullmatch(text):
        return "is what a column shows that is too narrow, and what stood there is lost"
    if likely := [*_before_the_date(text, parts_between)]:
        return f"looks like what a spreadsheet makes of {' or '.join(dict.fromkeys(likely))}"
    if parts_between == "-" and _SCIENTIFIC.fullmatch(text):
        number = f"{Decimal(text.replace(',', '.')):f}"
        return f"looks like what a spreadsheet makes of {number}, or of a number near it"
    return None


def _before_the_date(text: str, between: str) -> Iterator[str]:
    if found := _MONTH_AND_YEAR.fullmatch(text):
        for month in _months(found["word"], found["between"]):
            yield f"{month}{between}{found['number']}"
    elif found := _DAY_AND_MONTH.fullmatch(text):
        day = int(found["number"])
        for month in _months(found["word"], found["between"].strip(".")):
            if between == "-":
                yield "-".join(map(str, sorted((day, month))))
            yield f"{day}{between}{month}"
            if between == "-":
                yield f"{month}{between}{day}"


def _months(word: str, between: str) -> list[int]:
    """The months that a word is short for; German ones alone where a blank stands beside it."""
    key = text_key(word) or ""
    return _short_months("de" if between == " " else "").get(key, [])


@cache
def _short_months(language: str) -> dict[str, list[int]]:
    """Months by what they are called in short: as CLDR has it, or by their first three letters."""
    found: dict[str, list[int]] = {}
    for name in (language,) if language else _LANGUAGES:
        names = get_month_names("abbreviated", "format", name)
        for month, written in [*names.items(), *((m, w) for w, m in _MONTHS_OF_OLD.items())]:
            key = text_key(written.strip(".")) or ""
            for short in {key, key[:3]}:
                if month not in found.setdefault(short, []):
                    found[short].append(month)
    return found


def month_number(word: str) -> int | None:
    """The month that a word names, whole or in short, in one of the languages; None for no one."""
    months = _short_months("").get((text_key(word) or "")[:3], [])
    return months[0] if len(months) == 1 else None
