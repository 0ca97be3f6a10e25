"""How proposals say things: numbers, attributes and events as a person would write them."""

import re
from collections.abc import Sequence

from scripts.shared.text import without_idle_zeros


def attribute(name: str) -> str:
    """An attribute in words: `account.employee_count` is `Account employee count`."""
    said = " ".join(re.sub(r"[._]+", " ", name).split()) or name
    return said[:1].upper() + said[1:]


def event(key: str, description: str) -> str:
    """What a person wrote of an event key, else the key in words."""
    return description or attribute(key)


def number(value: float | None, decimals: int) -> str:
    """A number as seeds write it; None is empty."""
    if value is None:
        return ""
    return without_idle_zeros(f"{value:.{decimals}f}")


def read_number(value: float, decimals: int) -> str:
    """A number as people read it, with commas between thousands."""
    return without_idle_zeros(f"{value:,.{decimals}f}")


def span(lower: float | None, upper: float | None, decimals: int) -> str:
    """A range of numbers in words."""
    low, high = ("" if end is None else read_number(end, decimals) for end in (lower, upper))
    if not high:
        return f"of {low} or more"
    if not low:
        return f"of {high} or less"
    return f"of {low}" if low == high else f"of {low} to {high}"


def listed(texts: Sequence[str]) -> str:
    """A few texts in words, and how many more there are."""
    shown = list(texts) if len(texts) <= 4 else [*texts[:3], f"{len(texts) - 3} more"]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def times(lower: int, upper: int | None) -> str:
    """How often something happened, in words."""
    if upper is None:
        return "once or more" if lower == 1 else f"{lower} times or more"
    if lower == upper:
        return "once" if lower == 1 else f"{lower} times"
    return f"{lower} to {upper} times"


def window(days: int | None) -> str:
    """Within how many days, in words; empty for ever."""
    if days is None:
        return ""
    return " today" if days == 1 else f" in the last {days} days"


def percent(rate: float) -> str:
    """A share in per cent, with two digits at least where it is small."""
    return f"{rate:.0%}" if rate >= 0.1 or rate == 0 else f"{rate:.1%}"


def slug(text: str) -> str:
    """A name for a rule, a measure or a persona, made of words."""
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_") or "rule"


def unique(name: str, taken: set[str]) -> str:
    """A name that is not taken, numbered where it is; it is taken then."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found)
    return found


def is_number(text: str) -> bool:
    """Whether rules take a text for a number."""
    return bool(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text))
