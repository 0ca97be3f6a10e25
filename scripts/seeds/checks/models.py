"""What must hold of scoring models, their groups, bands and grades."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from scripts.seeds.checks.tables import Findings, Row, Table, listed

Number = Decimal | None  # None: without end

_GROUP = ("score_model", "score_group")

# Models map scores in whole ten-thousandths of 64 bits, doubled for rounding.
_WIDEST = 2**62 // 10**8


def champions(score_models: Table) -> Findings:
    """Of the champions one is live at a time: each begins on a day of its own."""
    found = [row for row in score_models if row["role"] == "champion"]
    if not found:
        yield score_models.finding("no model is the champion; exactly one must be", "role")
    starts: dict[date | None, Row] = {}
    for row in found:
        other = starts.setdefault(row.day("live_from"), row)
        if other is not row:
            fault = f"is a second champion beside {other['score_model']} (line {other.line})"
            yield row.fault("role", fault, "challenger or off, or live_from another day")


def traffic_shares(score_models: Table) -> Findings:
    """Champions have none, and those of the challengers do not exceed all leads."""
    total = Decimal(0)
    for row in score_models:
        share = row.number("traffic_share")
        if share is None:
            continue
        if row["role"] == "champion":
            yield row.fault("traffic_share", "is the share of a champion", "empty")
        elif row["role"] == "challenger":
            total += share
            if total > 1:
                fault = f"makes the shares of the challengers {total}"
                yield row.fault("traffic_share", fault, f"{max(1 - total + share, 0)} or less")


def groups(
    score_models: Table,
    score_groups: Table,
    attribute_points: Table,
    event_points: Table,
    inactivity_points: Table,
) -> Findings:
    """Rules go to groups of their model; what has no group or rules is told."""
    rules = [*attribute_points, *event_points, *inactivity_points]
    known = {row.key("score_model", "score_group") for row in score_groups}
    used = {row.key("score_model", "score_group") for row in rules}
    for row in rules:
        model, group = row.key("score_model", "score_group")
        own = [name for owner, name in sorted(known) if owner == model]
        if group not in own:
            yield row.fault("score_group", f"is no score_group of {model}", listed(own) or None)
    for row in score_groups:
        if row.key("score_model", "score_group") not in used:
            yield row.warning("score_group", f"is a group of {row['score_model']} without rules")
    for row in score_models:
        if row["score_model"] not in {model for model, _ in known}:
            yield row.fault("score_model", "has no rows in score_groups")
        elif row["score_model"] not in {model for model, _ in used}:
            yield row.warning("score_model", "has no rules: all its scores are the same")


def bands(score_models: Table, score_bands: Table) -> Findings:
    """The bands of a model, in each region that has some of its own, part its scores."""
    for model in score_models:
        own = [row for row in score_bands if row["score_model"] == model["score_model"]]
        base = {row["band"]: row for row in own if not row["region"]}
        if not base:
            yield model.fault("score_model", "has no rows in score_bands that hold in all regions")
            continue
        for row in own:
            if row["band"] not in base:
                fault = f"is no band of {model['score_model']} without region"
                yield row.fault("band", fault, listed(list(base)))
            if row["band"] == "disqualified":
                yield row.fault("band", "is taken: rules with the effect disqualify lead there")
            yield from _reached(row, model)
        for region in dict.fromkeys(row["region"] for row in own):
            regional = {row["band"]: row for row in own if row["region"] == region}
            ladder = [regional.get(band, row) for band, row in base.items()]
            yield from _ladder(ladder)
            yield from _rising(ladder)


def _reached(row: Row, model: Row) -> Findings:
    """The bound of a band lies between the lowest and the highest score of the model."""
    bound = row.number("lower_bound")
    if bound is None:
        return
    lowest, highest = model.number("min_score"), model.number("max_score")
    if lowest is not None and bound < lowest:
        yield row.fault("lower_bound", f"is below min_score ({lowest})", f"above {lowest}")
    elif lowest == bound:
        yield row.warning("lower_bound", "is min_score: no lead comes into a band below")
    elif highest is not None and bound > highest:
        yield row.fault("lower_bound", f"is above max_score ({highest})", f"{highest} or less")


def _ladder(rows: Sequence[Row]) -> Findings:
    """Exactly one row, the lowest, has no lower_bound, and no two have the same."""
    seen: dict[Number, Row] = {}
    for row in rows:
        other = seen.setdefault(row.number("lower_bound"), row)
        if other is not row and row["lower_bound"]:
            yield row.fault("lower_bound", f"is the lower_bound of line {other.line} already")
        elif other is not row:
            allowed = f"a number, since line {other.line} is the lowest"
            yield row.fault("lower_bound", "stands in a second row", allowed)
    if rows and None not in seen:
        lowest = min(rows, key=lambda row: Decimal(row["lower_bound"]))
        yield lowest.fault("lower_bound", "leaves a gap below the lowest bound", "empty")


def _rising(rows: Sequence[Row]) -> Findings:
    ordered = sorted(rows, key=lambda row: Decimal(row["lower_bound"] or "-Infinity"))
    for low, high in pairwise(ordered):
        if int(high["band_order"]) <= int(low["band_order"]):
            fault = f"does not rise with lower_bound: {low['band']} below has {low['band_order']}"
            yield high.fault("band_order", fault, f"{int(low['band_order']) + 1} or more")


def grades(score_models: Table, grade_bounds: Table, grade_matrix: Table) -> Findings:
    """Grades part the scores of their kind, and each pair of them has a priority."""
    for model in score_models.values("score_model"):
        own = [row for row in grade_bounds if row["score_model"] == model]
        pairs = {
            row.key("fit_grade", "engagement_grade"): row
            for row in grade_matrix
            if row["score_model"] == model
        }
        names: dict[str, list[str]] = {}
        for kind in ("fit", "engagement"):
            rows = [row for row in own if row["kind"] == kind]
            names[kind] = [row["grade"] for row in rows]
            yield from _ladder(rows)
            for row in pairs.values():
                if row[f"{kind}_grade"] not in names[kind]:
                    fault = f"is no grade of {kind} of {model}"
                    yield row.fault(f"{kind}_grade", fault, listed(names[kind]) or None)
            if own and not rows:
                yield grade_bounds.finding(f"{model} has no grades of the kind {kind}", "kind")
        for fit in names["fit"]:
            for engagement in names["engagement"]:
                if (fit, engagement) not in pairs:
                    yield grade_matrix.finding(
                        f"{model} has no row for fit_grade {fit} with engagement_grade {engagement}"
                    )


def rescaling(
    score_models: Table,
    score_groups: Table,
    attribute_points: Table,
    event_points: Table,
    inactivity_points: Table,
) -> Findings:
    """A scale of rescale needs a lowest and a highest attainable score, which differ."""
    rules = [*attribute_points, *event_points, *inactivity_points]
    for model in score_models:
        if model["scale"] != "rescale" or model["role"] == "off":
            continue
        for column in ("min_score", "max_score"):
            if not model[column]:
                yield model.fault(column, "leaves rescale without its end", "a number")
        own = [row for row in score_groups if row["score_model"] == model["score_model"]]
        ends: dict[str, list[Number]] = {"min_points": [], "max_points": []}
        for group in own:
            of_group = [row for row in rules if row.key(*_GROUP) == group.key(*_GROUP)]
            for side in ends:
                ends[side].append(_attainable(group, of_group, side))
                if ends[side][-1] is None:
                    fault = f"needs bounds: give the group {group['score_group']} {side}"
                    yield model.fault("scale", f"{fault}, or limit its rules", "clamp")
        low, high = ([end for end in side if end is not None] for side in ends.values())
        if len(low) == len(high) == len(own):
            yield from _range(model, sum(low, Decimal(0)), sum(high, Decimal(0)))


def _range(model: Row, low: Decimal, high: Decimal) -> Findings:
    if low == high:
        yield model.fault(
            "scale", f"has nothing to map: no score but {_plain(low)} is attainable", "clamp"
        )
    elif (high - low) * (_end(model, "max_score") - _end(model, "min_score")) > _WIDEST:
        yield model.fault(
            "scale", f"maps too wide a range, {_plain(low)} to {_plain(high)}, to be exact", "clamp"
        )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _end(model: Row, column: str) -> Decimal:
    return model.number(column) or Decimal(0)


def _attainable(group: Row, rules: Iterable[Row], side: str) -> Number:
    """The least (side min_points) or most points of a group, as int_attainable_scores has it."""
    ends: dict[str, list[Number]] = {}
    for rule in rules:
        ends.setdefault(rule["rule_id"], [Decimal(0)]).append(_extreme(rule, side))
    outermost = min if side == "min_points" else max
    total: Number = Decimal(0)
    for own in ends.values():
        bounded = [end for end in own if end is not None]
        total = None if total is None or len(bounded) < len(own) else total + outermost(bounded)
    held = _held(total, group, side)
    if held is None:
        return None
    return (held * Decimal(group["weight"] or 1)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _extreme(rule: Row, side: str) -> Number:
    """The least or most points of one row, once it fires."""
    points = Decimal(rule["points"] or 0)
    if "max_events" not in rule.cells:
        return points
    if points == 0 or (points > 0) == (side == "min_points"):
        return _held(Decimal(0), rule, side)
    limits = []
    if rule["max_events"]:
        limits.append(int(rule["max_events"]))
    if rule["max_per_day"] and rule["window_days"]:
        limits.append(int(rule["max_per_day"]) * int(rule["window_days"]))
    return _held(points * min(limits) if limits else None, rule, side)


def _held(number: Number, row: Row, side: str) -> Number:
    """A number within min_points and max_points; without end it is the bound of that side."""
    low, high = row.number("min_points"), row.number("max_points")
    if number is None:
        return row.number(side)
    number = number if low is None else max(number, low)
    return number if high is None else min(number, high)
