"""What must hold of the rules that give points."""

import re
from datetime import date
from decimal import Decimal
from itertools import combinations

from scripts.seeds.checks.tables import Findings, Row, Table, listed
from scripts.seeds.checks.vocabulary import Names, event_names
from scripts.shared.text import text_key, text_words

# Which cells an operator uses: at least one of them must hold something, all others nothing.
_OPERANDS = {
    "equals": ["value"],
    "in": ["value"],
    "contains": ["value"],
    "between": ["lower", "upper"],
    "at_least": ["lower"],
    "at_most": ["upper"],
    "is_set": [],
    "is_missing": [],
}


def rule_ids(attribute_points: Table, event_points: Table, inactivity_points: Table) -> Findings:
    """A rule_id stands in one table of its model; there it may have a row for each region."""
    homes: dict[tuple[str, ...], Row] = {}
    for row in (*attribute_points, *event_points, *inactivity_points):
        home = homes.setdefault(row.key("score_model", "rule_id"), row)
        if home.file != row.file:
            yield row.fault("rule_id", f"is a rule of {home.file} line {home.line} already")


def conditions(attribute_points: Table, segments: Table) -> Findings:
    """An operator has what it compares with, and nothing else."""
    for row in (*attribute_points, *segments):
        if row["operator"]:
            yield from _operands(row, row["operator"])


def _operands(row: Row, operator: str) -> Findings:
    used = _OPERANDS[operator]
    if used and not any(row[column] for column in used):
        yield row.fault(used[0], f"leaves {operator} without {listed(used)}", _operand(used))
    for column in ("value", "lower", "upper"):
        if row[column] and column not in used:
            yield row.fault(column, f"means nothing to {operator}", "empty")
    if row["value"] and "value" in used:
        parts = _parts(row)
        if any(text_key(part) is None for part in parts):
            what = "holds an empty part" if len(parts) > 1 else "is empty once it is normalised"
            yield row.fault("value", what, "text, of which letters or signs are left")
        elif operator != "in" and "|" in row["value"]:
            yield row.warning("value", f"is one text to {operator}; only in parts texts at |")


def _parts(row: Row) -> list[str]:
    return row["value"].split("|") if row["operator"] == "in" else [row["value"]]


def _operand(used: list[str]) -> str:
    return "text" if used == ["value"] else "a number"


def effects(attribute_points: Table) -> Findings:
    """A rule gives points, unless its effect is another."""
    for row in attribute_points:
        if row["effect"] in ("", "points") and not row["points"]:
            yield row.fault("points", "gives nothing", "a number, or effect disqualify or junk")


def decays(event_points: Table) -> Findings:
    """A decay has its days, a step its rate, and points below 0 have none."""
    for row in event_points:
        decay = row["decay"] or "none"
        if decay != "none" and Decimal(row["points"]) < 0:
            fault = f"fades points below 0 ({row['points']})"
            yield row.fault("decay", fault, "none; window_days can end the penalty")
        for column, decays_with_it in (
            ("decay_days", ["linear", "exponential", "step"]),
            ("decay_rate", ["step"]),
        ):
            if decay in decays_with_it and not row[column]:
                allowed = "a whole number of days" if column == "decay_days" else "a number up to 1"
                yield row.fault(column, f"leaves {decay} without its {column}", allowed)
            elif row[column] and decay not in decays_with_it:
                allowed = f"empty, or decay {listed(decays_with_it)}"
                yield row.fault(column, f"means nothing to the decay {decay}", allowed)


def silences(inactivity_points: Table) -> Findings:
    """A silence that only the event_key itself begins never begins."""
    for row in inactivity_points:
        if row["requires_event_key"] == row["event_key"]:
            fault = "is the event_key itself, so the rule never fires"
            yield row.warning("requires_event_key", fault, "empty or another event_key")


def overlaps(attribute_points: Table) -> Findings:
    """Ranges of one attribute that give points to one group have no number in common."""
    for model in attribute_points.values("score_model"):
        own = [row for row in attribute_points if row["score_model"] == model]
        for region in dict.fromkeys(["", *(row["region"] for row in own)]):
            holding = {row["rule_id"]: row for row in own if not row["region"]}
            holding |= {row["rule_id"]: row for row in own if row["region"] == region}
            ranges = sorted(filter(_gives_points_by_range, holding.values()), key=_line)
            for first, second in combinations(ranges, 2):
                shared = _shared(first, second)
                if shared:
                    fault = f"overlaps with {first['rule_id']} in line {first.line}: {shared}"
                    yield second.fault("lower", fault, "a range of its own: both rules would count")


def _gives_points_by_range(row: Row) -> bool:
    has_end = bool(row["lower"] or row["upper"])
    return row["operator"] == "between" and row["effect"] in ("", "points") and has_end


def _line(row: Row) -> int:
    return row.line


def _shared(first: Row, second: Row) -> str | None:
    """The numbers that two ranges share on a day when both rules hold."""
    if first.key("score_group", "attribute") != second.key("score_group", "attribute"):
        return None
    begins = max(row.day("valid_from") or date.min for row in (first, second))
    ends = min(row.day("valid_to") or date.max for row in (first, second))
    low = max(Decimal(row["lower"] or "-Infinity") for row in (first, second))
    high = min(Decimal(row["upper"] or "Infinity") for row in (first, second))
    if begins > ends or low > high:
        return None
    if low == high:
        return f"{low} counts twice"
    return f"{low} to {high} count twice".replace("Infinity", "∞")


def values(
    attribute_points: Table,
    segments: Table,
    title_keywords: Table,
    employee_bands: Table,
    email_domains: Table,
    event_keys: Table,
) -> Findings:
    """A value that its attribute never has is told: such a rule cannot fire."""
    known = {
        "employee_band": employee_bands.values("band"),
        "email_domain_kind": ["business", *email_domains.values("kind")],
        "is_role_mailbox": ["yes", "no"],
        "first_event_key": event_names(event_keys),
        **{f"in_segment:{segment}": ["yes", "no"] for segment in segments.values("segment")},
    }
    for attribute in title_keywords.values("attribute"):
        rows = [row for row in title_keywords if row["attribute"] == attribute]
        known[attribute] = list(dict.fromkeys(row["value"] for row in rows))
    for row in (*attribute_points, *segments):
        names = known.get(row["attribute"], [])
        if names and row["operator"] in ("equals", "in"):
            keys = {text_key(name) for name in names}
            for part in _parts(row):
                if text_key(part) not in keys:
                    fault = f"asks for {part}, which {row['attribute']} never is"
                    yield row.warning("value", fault, Names(names, row["attribute"]).like(part))


def reasons(attribute_points: Table, event_points: Table, inactivity_points: Table) -> Findings:
    """Sales reads reasons."""
    for row in (*attribute_points, *event_points, *inactivity_points):
        if not row["reason"]:
            yield row.warning("reason", f"lets sales read {row['rule_id']} as the reason")


def protected(
    attribute_points: Table,
    segments: Table,
    event_keys: Table,
    naive_bayes_fields: Table,
    protected_attributes: Table,
) -> Findings:
    """Nothing protected is scored, neither by itself nor through segments and event keys."""
    words = {text_words(row["attribute_words"]): row for row in protected_attributes}
    for table, column in (
        (attribute_points, "attribute"),
        (segments, "attribute"),
        (event_keys, "property"),
        (naive_bayes_fields, "attribute"),
    ):
        for row in table:
            name = text_words(re.sub("(?<=[a-z])(?=[A-Z])", " ", row[column])) or ""
            for word, protection in words.items():
                if word and word in name:
                    why = protection["reason"] or protection["attribute_words"]
                    fault = f"is a protected attribute ({why})"
                    allowed = "scored only with the var allow_protected_attributes"
                    yield row.fault(column, fault, allowed)
                    break
