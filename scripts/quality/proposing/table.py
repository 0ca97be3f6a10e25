"""A proposal as rows of the seeds: rules, groups, bands, the model itself, and its personas."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from scripts.quality.point_tables import RULE_TABLES, Row
from scripts.quality.proposing import words
from scripts.quality.proposing.blocks import ENGAGEMENT, FIT
from scripts.quality.proposing.choice import Chosen
from scripts.quality.proposing.events import ANY_ENGAGEMENT, Setting, units
from scripts.quality.proposing.known import EventDays, Past, Places
from scripts.shared.text import text_key

START = "start"
_WON = {"customer": "won", "opportunity": "with an opportunity"}


@dataclass(frozen=True)
class Told:
    """A rule of the proposal with what it rests on: leads that teach, the share that converted.

    `earlier` and `later` are the shares of leads with the rule, of those that teach and held out.
    """

    rule_id: str
    block: str
    points: int
    leads: int
    rate: float
    reason: str
    earlier: float
    later: float


@dataclass(frozen=True)
class Persona:
    """A made-up lead: attributes, and events as key, days before and how often."""

    name: str
    attributes: Mapping[str, str]
    events: Sequence[tuple[str, int, int]]


@dataclass(frozen=True)
class Table:
    """Rows by seed, of the proposal alone, with what is told of each rule."""

    rows: Mapping[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    told: Sequence[Told] = ()


def rule_rows(model: str, past: Past, chosen: Chosen) -> Table:
    """The rules with their points, ids and reasons, with the measures and segments they ask for."""
    rows: dict[str, list[Row]] = defaultdict(list)
    rows["attribute_points"].append(_start(model, chosen.start))
    ids: set[str] = {START}
    told = []
    for place, rule in enumerate(chosen.rules):
        has = chosen.units[:, place] > 0
        taught, held = has[: past.taught], has[past.taught :]
        rate = float(past.converted[taught].mean())
        reason = (
            f"{rule.words} ({words.percent(rate)} of {int(taught.sum()):,} {_WON[past.outcome]})"
        )
        rule_id = words.unique(words.slug(rule.words), ids)
        points = int(chosen.points[place])
        row = {"score_model": model, "rule_id": rule_id, "score_group": chosen.kinds[place],
               **rule.cells, "points": str(points), "locked": "no", "reason": reason}  # fmt: skip
        rows[rule.table].append(
            row | ({"effect": "points"} if rule.table == RULE_TABLES[0] else {})
        )
        if rule.measure and rule.measure not in rows["event_measures"]:
            rows["event_measures"].append(dict(rule.measure))
        rows["segments"] += map(dict, rule.segment)
        told.append(
            Told(rule_id, chosen.blocks[place], points, int(taught.sum()), rate, reason,
                 float(taught.mean()), float(held.mean()))
        )  # fmt: skip
    return Table(rows, told)


def _start(model: str, points: int) -> Row:
    """The points of every lead: it is as old as no day at least."""
    return {
        "score_model": model, "rule_id": START, "score_group": START, "attribute": "tenure_days",
        "operator": "at_least", "lower": "0", "effect": "points", "points": str(points),
        "locked": "no", "reason": "Every lead starts here",
    }  # fmt: skip


def frame_rows(
    model: str,
    groups: Iterable[Row],
    bands: Sequence[Row],
    bounds: Sequence[int],
    most: int,
    description: str,
) -> dict[str, list[Row]]:
    """The model, its groups, and bands with the names and actions of the live champion's."""
    ordered = sorted(bands, key=lambda row: int(row["band_order"]))
    lower = ["", *map(str, bounds)]
    return {
        "score_models": [
            {"score_model": model, "description": description, "role": "challenger",
             "traffic_share": "", "min_score": "0", "max_score": str(most), "scale": "clamp",
             "live_from": ""}
        ],
        "score_groups": [
            row | {"score_model": model} for row in groups
        ],
        "score_bands": [
            {"score_model": model, "region": "", "band": row["band"],
             "band_order": row["band_order"], "lower_bound": bound,
             "next_action": row["next_action"]}
            for row, bound in zip(ordered, lower, strict=True)
        ],
    }  # fmt: skip


def groups_of(rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    """The groups that rules of a proposal have, without bounds, so that nothing is cut off."""
    names = dict.fromkeys(row["score_group"] for table in RULE_TABLES for row in rows[table])
    return [
        {"score_group": name, "kind": ENGAGEMENT if name == ENGAGEMENT else FIT, "weight": "1",
         "min_points": "", "max_points": ""}
        for name in names
    ]  # fmt: skip


def personas(past: Past, chosen: Chosen) -> list[Persona]:
    """A lead like most that converted with a high score, and one like most that did not."""
    scores = chosen.scores[: past.taught]
    won, lost = past.converted, ~past.converted
    high = won & (scores >= np.median(scores[won]))
    low = lost & (scores <= np.median(scores[lost]))
    return [
        _persona("typical_winner", chosen, np.flatnonzero(high)),
        _persona("typical_loser", chosen, np.flatnonzero(low)),
    ]


def _persona(name: str, chosen: Chosen, leads: Places) -> Persona:
    """What the most of some leads have of each block: one of its rules, or none.

    Where that is nothing at all, what sets them apart from all leads.
    """
    fired, usual = ((units > 0).mean(axis=0) for units in (chosen.units[leads], chosen.units))
    has = []
    for block in dict.fromkeys(chosen.blocks):
        places = [place for place, own in enumerate(chosen.blocks) if own == block]
        best = max(places, key=lambda place: fired[place])
        if fired[best] >= 1 - sum(fired[place] for place in places):
            has.append(best)
    if not any(chosen.rules[place].persona for place in has):
        given = [place for place, rule in enumerate(chosen.rules) if rule.persona]
        has = sorted(given, key=lambda place: usual[place] - fired[place])[:1]
    return _with_rules(name, [chosen.rules[place].persona for place in has])


def _with_rules(name: str, rules: Iterable[Mapping[str, str]]) -> Persona:
    """A persona with what each rule asks for; of an event that two ask for the more often."""
    attributes: dict[str, str] = {}
    events: dict[tuple[str, int], int] = defaultdict(int)
    for given in rules:
        if "attribute" in given:
            attributes.setdefault(given["attribute"], given["value"])
        elif "event_key" in given:
            key, often = given["event_key"], int(given["occurrences"])
            if given.get("statistic") == "days":
                events |= {(key, before): max(1, events[key, before]) for before in range(often)}
            else:
                events[key, 0] = max(often, events[key, 0])
    return Persona(name, attributes, [(*event, often) for event, often in events.items()])


def persona_rows(model: str, persona: Persona, band: str, description: str) -> list[Row]:
    """The rows of golden_leads of a persona; one that has nothing has no rows."""
    common = {"persona": f"{model}_{persona.name}", "description": description,
              "expected_band": band, "score_model": model}  # fmt: skip
    empty = {"attribute": "", "value": "", "event_key": "", "days_before": "", "occurrences": ""}
    return [
        *(empty | common | {"attribute": name, "value": value}
          for name, value in persona.attributes.items()),
        *(empty | common | {"event_key": key, "days_before": str(before), "occurrences": str(often)}
          for key, before, often in persona.events),
    ]  # fmt: skip


def persona_sum(
    persona: Persona, rows: Mapping[str, Sequence[Row]], engagements: set[str]
) -> tuple[Decimal, bool]:
    """The points of a persona by the rules of a table, and whether one of them disqualifies it.

    `engagements` are the keys that count under any_engagement too. As in the build it is created
    on the day of its score, so that it is never silent.
    """
    days = _event_days(persona, engagements)
    values = {"tenure_days": "0", **persona.attributes}
    for measure in rows.get("event_measures", ()):
        values[measure["measure"]] = _measured(measure, days)
    values |= _segments(rows.get("segments", ()), values, days)
    groups: dict[str, Decimal] = defaultdict(Decimal)
    disqualified = False
    region = persona.attributes.get("region", "")
    for row in _holding(rows.get("attribute_points", ()), region):
        if _fires(row, values.get(row["attribute"], "")):
            groups[row["score_group"]] += Decimal(row["points"] or 0)
            disqualified |= row.get("effect") == "disqualify"
    for row in _holding(rows.get("event_points", ()), region):
        of_key = days.get(row["event_key"])
        if of_key is not None:
            number = Decimal(str(units(of_key, 1, _setting(row))[0]))
            groups[row["score_group"]] += Decimal(row["points"]) * number
    (model,) = rows["score_models"]
    bounds = {row["score_group"]: row for row in rows["score_groups"]}
    total = sum((
        _held(points, bounds[group]["min_points"], bounds[group]["max_points"])
        * Decimal(bounds[group]["weight"] or 1)
        for group, points in groups.items()
    ), Decimal(0))  # fmt: skip
    return _held(total, model["min_score"], model["max_score"]), disqualified


def _held(points: Decimal, lowest: str, highest: str) -> Decimal:
    """Points within bounds, each empty where there is none."""
    points = max(points, Decimal(lowest)) if lowest else points
    return min(points, Decimal(highest)) if highest else points


def _holding(rows: Iterable[Row], region: str) -> list[Row]:
    """The rows that hold in a region: one with it replaces the one of its rule without."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: bool(row.get("region"))):
        if row.get("region", "") in ("", region):
            found[row["rule_id"]] = row
    return list(found.values())


def _event_days(persona: Persona, engagements: set[str]) -> dict[str, EventDays]:
    counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for key, before, often in persona.events:
        counts[key][before] += often
        if key in engagements:
            counts[ANY_ENGAGEMENT][before] += often
    return {
        key: EventDays(*(np.array(of, dtype=np.int64) for of in zip(
            *((0, before, often) for before, often in sorted(days.items())), strict=True)))
        for key, days in counts.items()
    }  # fmt: skip


def _setting(row: Row) -> Setting:
    window, per_day, limit, days = (
        int(row[name]) if row.get(name) else None
        for name in ("window_days", "max_per_day", "max_events", "decay_days")
    )
    return Setting(window, per_day, 2**31 - 1 if limit is None else limit, days)


def _measured(measure: Mapping[str, str], days: Mapping[str, EventDays]) -> str:
    of_key = days.get(measure["event_key"])
    if of_key is None:
        return "0"
    window = int(measure["window_days"]) if measure["window_days"] else None
    per_day = 1 if measure["statistic"] == "days" else None
    return str(int(units(of_key, 1, Setting(window, per_day, 2**31 - 1, None))[0]))


def _segments(
    conditions: Iterable[Row], values: Mapping[str, str], days: Mapping[str, EventDays]
) -> dict[str, str]:
    """The answer of each segment that a proposal writes: yes where all its conditions hold."""
    holds: dict[str, bool] = defaultdict(lambda: True)
    for row in conditions:
        key = row.get("event_key")
        met = key in days if key else _fires(row, values.get(row["attribute"], ""))
        holds[f"in_segment:{row['segment']}"] &= met
    return {name: "yes" if held else "no" for name, held in holds.items()}


def _fires(row: Row, value: str) -> bool:
    """Whether the condition of an attribute rule holds, as int_condition_values has it."""
    key, asked = text_key(value), row.get("value") or ""
    number = Decimal(value) if words.is_number(value) else None
    lower, upper = (Decimal(row[side]) if row.get(side) else None for side in ("lower", "upper"))
    conditions: dict[str, Callable[[], bool]] = {
        "is_set": lambda: value != "",
        "is_missing": lambda: value == "",
        "contains": lambda: key is not None and (text_key(asked) or "") in key,
        "equals": lambda: key is not None and key == text_key(asked),
        "in": lambda: key is not None and key in {text_key(part) for part in asked.split("|")},
    }
    if row["operator"] in conditions:
        return conditions[row["operator"]]()
    if number is None:
        return False
    return (lower is None or lower <= number) and (upper is None or number <= upper)
