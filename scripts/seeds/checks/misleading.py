"""Warnings of seeds that can be used, and likely do not do what is meant."""

from collections.abc import Iterable

from scripts.seeds.checks.tables import Findings, Row, Table, listed

# What tells apart two rules that ask the same; all else of a row says when they give points.
_OF_RULE = ("rule_id", "points", "min_points", "max_points", "locked", "reason")


def emptied(tables: Iterable[Table]) -> Findings:
    """A table has rows: what one gave that has none is gone, and nothing else tells of it."""
    for table in tables:
        if table.is_readable and not table.is_faulty and not table.rows:
            yield table.warning("the table has no rows, so nothing comes of it")


def lowest_bands(lifecycle_stages: Table, score_models: Table, score_bands: Table) -> Findings:
    """No stage by band means all leads of a live model."""
    lowest: dict[str, list[str]] = {}
    for model in _live(score_models):
        for row in _ladder(score_bands, model)[:1]:
            lowest.setdefault(row["band"], []).append(row["score_model"])
    for row in lifecycle_stages:
        if row["source"] == "band" and row["value"] in lowest:
            fault = f"is the lowest band of {listed(lowest[row['value']], 'and')}"
            yield row.warning("value", f"{fault}: every lead is {row['stage']}")


def stages_by_band(lifecycle_stages: Table, score_models: Table, score_bands: Table) -> Findings:
    """A live model has a band for each stage that is reached by one."""
    asked: dict[str, list[str]] = {}
    for row in lifecycle_stages:
        if row["source"] == "band":
            asked.setdefault(row["stage"], []).append(row["value"])
    for model in _live(score_models):
        own = {row["band"] for row in _ladder(score_bands, model)}
        for stage, bands in asked.items():
            if not own & {*bands}:
                fault = f"has no band that makes its leads {stage} (lifecycle_stages)"
                yield model.warning("score_model", fault, f"a model with the band {listed(bands)}")


def bands_without_action(score_models: Table, score_bands: Table, next_actions: Table) -> Findings:
    """Of each band it is said what is next with its leads, where it is said of lower ones."""
    named = {band for row in next_actions for band in row["band"].split("|")} - {""}
    for model in _live(score_models):
        is_said, is_named = False, False
        for row in _ladder(score_bands, model):
            if is_said and not row["next_action"]:
                yield row.warning("next_action", "leaves sales without what lower bands have")
            if is_named and row["band"] not in named:
                fault = "is in no row of next_actions, though lower bands are"
                yield row.warning("band", fault)
            is_said = is_said or bool(row["next_action"])
            is_named = is_named or row["band"] in named


def repeated_rules(
    attribute_points: Table, event_points: Table, inactivity_points: Table
) -> Findings:
    """No two rules of a group ask the same: both would count."""
    for table in (attribute_points, event_points, inactivity_points):
        columns = [name for name in table.seed.columns if name not in _OF_RULE]
        first: dict[tuple[str, ...], Row] = {}
        for row in table:
            other = first.setdefault(row.key(*columns), row)
            if other is not row:
                fault = f"asks what {other['rule_id']} in line {other.line} asks: both count"
                yield row.warning("rule_id", fault)


def ended_rules(
    score_models: Table, attribute_points: Table, event_points: Table, inactivity_points: Table
) -> Findings:
    """A rule holds on a day on which its model is live."""
    starts = {row["score_model"]: row["live_from"] for row in score_models}
    for row in (*attribute_points, *event_points, *inactivity_points):
        start = starts.get(row["score_model"], "")
        if row["valid_to"] and row["valid_to"] < start:
            fault = f"is before {row['score_model']} is live ({start}): the rule never fires"
            yield row.warning("valid_to", fault)


def _live(score_models: Table) -> Iterable[Row]:
    return (row for row in score_models if row["role"] != "off")


def _ladder(score_bands: Table, model: Row) -> list[Row]:
    """The bands of a model that hold in all regions, the lowest first."""
    name = model["score_model"]
    own = [row for row in score_bands if row["score_model"] == name and not row["region"]]
    return sorted(own, key=lambda row: int(row["band_order"]))
