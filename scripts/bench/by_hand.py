"""What a user would write instead of the warehouse: today's scores with their factors, in polars.

One pass over the Parquet files, with the benchmark's seeds and the semantics of the project (whole
numbers where it has decimals), for leads that are one person each and have one version.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from scripts.seeds.overlay import SEEDS
from scripts.shared.text import text_key

POINT, UNIT = 10_000, 100_000_000
ENGAGED = "any_engagement"
NEVER = 100_000

Row = dict[str, str]


@dataclass(frozen=True)
class Scored:
    """A row a lead and rule that fired, and a row a lead; points and scores in 1/10,000."""

    factors: pl.DataFrame
    scores: pl.DataFrame


def score(files: Path, points: Path, clock: date) -> Scored:
    """Score the leads of `leads.parquet` at the clock, by the point tables of a folder of seeds."""
    rules = _read(points, "event_points")
    silences = _read(points, "inactivity_points")
    leads = pl.scan_parquet(files / "leads.parquet").with_columns(
        created=pl.col("created_at").dt.date()
    )
    events = pl.scan_parquet(files / "lead_events.parquet").with_columns(
        day=pl.col("occurred_at").dt.date(), seconds=pl.col("duration_seconds").fill_null(0)
    )
    classes = _classes(events, {rule["event_key"] for rule in rules})
    is_engaged = pl.col("event_key") == ENGAGED
    keyed = classes.filter(~is_engaged)
    engaged = classes.filter(is_engaged).select("event_type", "page_url")
    factors = pl.concat(
        [
            _event_factors(events, keyed, rules, clock),
            _silence_factors(events, leads, engaged, silences, clock),
            *_attribute_factors(leads, _read(points, "attribute_points")),
        ]
    ).collect(engine="streaming")
    return Scored(factors, _scores(factors, leads, _read(points, "score_groups")))


def _read(folder: Path, name: str) -> list[Row]:
    (file,) = folder.rglob(f"{name}.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _classes(events: pl.LazyFrame, keys: set[str]) -> pl.DataFrame:
    """Each type and page of the events, with the keys it counts under and from what duration."""
    conditions = [row for row in _read(SEEDS, "event_keys") if not row["property"]]
    found = []
    for event_type, page in events.select("event_type", "page_url").unique().collect().iter_rows():
        matched = [
            row
            for row in conditions
            if row["event_type"] == event_type
            and not row["follows_event_key"]
            and (not row["page_glob"] or fnmatchcase(page or "", row["page_glob"]))
        ]
        if any(row["is_engagement"] == "yes" for row in matched):
            found.append((event_type, page, ENGAGED, 0))
        for key in {row["event_key"] for row in matched} & keys | {event_type} & keys:
            least = min(
                (float(r["min_duration_seconds"] or 0) for r in matched if r["event_key"] == key),
                default=0.0,
            )
            found.append((event_type, page, key, int(least)))
    columns = ["event_type", "page_url", "event_key", "least_seconds"]
    return pl.DataFrame(found, schema=columns, orient="row")


def _event_factors(
    events: pl.LazyFrame, classes: pl.DataFrame, rules: list[Row], clock: date
) -> pl.LazyFrame:
    windows = [int(rule["window_days"] or NEVER) for rule in rules]
    table = pl.DataFrame(
        {
            "rule_id": [rule["rule_id"] for rule in rules],
            "event_key": [rule["event_key"] for rule in rules],
            "window": windows,
            "per_day": [int(rule["max_per_day"] or NEVER) for rule in rules],
            "most": [int(rule["max_events"] or NEVER) for rule in rules],
            "each": [_scaled(rule["points"]) for rule in rules],
            "low": [_scaled(rule["min_points"] or "-1000000") for rule in rules],
            "high": [_scaled(rule["max_points"] or "1000000") for rule in rules],
        }
    )
    factors = pl.DataFrame(
        [(rule["rule_id"], age, left) for rule in rules for age, left in _decay(rule)],
        schema=["rule_id", "age", "left"],
        orient="row",
    )
    longest = max(window for window in windows if window < NEVER)
    lasting = {rule["event_key"] for rule in rules if not rule["window_days"]}
    types = classes.filter(pl.col("event_key").is_in(lasting))["event_type"].unique()
    age = (pl.lit(clock) - pl.col("day")).dt.total_days()
    return (
        events.filter(((age < longest) | pl.col("event_type").is_in(types.implode())) & (age >= 0))
        .join(classes.lazy(), on=["event_type", "page_url"], nulls_equal=True)
        .filter(pl.col("seconds") >= pl.col("least_seconds"))
        .group_by("lead_id", "event_key", "day")
        .agg(count=pl.len())
        .join(table.lazy(), on="event_key")
        .with_columns(age=age)
        .filter(pl.col("age") < pl.col("window"))
        .with_columns(count=pl.min_horizontal("count", "per_day").cast(pl.Int64))
        .sort("lead_id", "rule_id", "age")
        .with_columns(before=pl.col("count").cum_sum().over("lead_id", "rule_id") - pl.col("count"))
        .with_columns(counted=pl.min_horizontal("count", pl.col("most") - pl.col("before")))
        .filter(pl.col("counted") > 0)
        .join(factors.lazy(), on=["rule_id", "age"], how="left")
        .with_columns(left=pl.col("left").fill_null(UNIT))
        .group_by("lead_id", "rule_id")
        .agg(
            units=(pl.col("counted") * pl.col("left")).sum(),
            each=pl.first("each"),
            low=pl.first("low"),
            high=pl.first("high"),
        )
        .select(
            "lead_id",
            "rule_id",
            pl.lit("engagement").alias("score_group"),
            points=_rounded(pl.col("each") * pl.col("units"), UNIT).clip("low", "high"),
        )
    )


def _decay(rule: Row) -> Iterator[tuple[int, int]]:
    """What is left of an event of each age, in 1/100,000,000; nothing for a rule without decay."""
    if rule["decay"] == "none":
        return
    days = Decimal(rule["decay_days"])
    for age in range(int(rule["window_days"])):
        share = Decimal(age) / days
        if rule["decay"] == "linear":
            left = max(Decimal(0), 1 - share)
        elif rule["decay"] == "exponential":
            left = Decimal("0.5") ** share
        else:
            left = max(Decimal(0), 1 - Decimal(rule["decay_rate"]) * int(share))
        yield age, int((left * UNIT).quantize(Decimal(1), ROUND_HALF_UP))


def _silence_factors(
    events: pl.LazyFrame,
    leads: pl.LazyFrame,
    engaged: pl.DataFrame,
    rules: list[Row],
    clock: date,
) -> pl.LazyFrame:
    """Rules on any engagement, and on emails that were sent and not opened."""
    lasts = (
        events.join(
            engaged.lazy().select("event_type", "page_url"),
            on=["event_type", "page_url"],
            nulls_equal=True,
        )
        .group_by("lead_id")
        .agg(since=pl.max("day"))
    )
    emails = (
        events.filter(pl.col("event_type").is_in(["email_open", "email_sent"]))
        .with_columns(
            opened=pl.col("day").filter(pl.col("event_type") == "email_open").max().over("lead_id")
        )
        .filter(
            (pl.col("event_type") == "email_sent")
            & (pl.col("opened").is_null() | (pl.col("day") > pl.col("opened")))
        )
        .group_by("lead_id")
        .agg(since=pl.min("day"))
    )
    silent = leads.select("lead_id", "created").join(lasts, on="lead_id", how="left")
    silent = silent.with_columns(since=pl.coalesce("since", "created")).select("lead_id", "since")
    days = (pl.lit(clock) - pl.col("since")).dt.total_days()
    return pl.concat(
        [
            (silent if rule["event_key"] == ENGAGED else emails)
            .filter(days >= int(rule["silent_days"]))
            .select(
                "lead_id",
                rule_id=pl.lit(rule["rule_id"]),
                score_group=pl.lit("engagement"),
                points=pl.lit(_scaled(rule["points"]), dtype=pl.Int64),
            )
            for rule in rules
        ]
    )


def _attribute_factors(leads: pl.LazyFrame, rules: list[Row]) -> Iterator[pl.LazyFrame]:
    for rule in rules:
        value = pl.col(rule["attribute"])
        if rule["operator"] == "is_set":
            holds = value.is_not_null()
        elif rule["operator"] in ("equals", "in"):
            keys = [text_key(text) for text in rule["value"].split("|")]
            holds = value.str.to_lowercase().is_in(keys)
        else:
            holds = (value >= int(rule["lower"] or 0)) & (value <= int(rule["upper"] or 10**12))
        yield leads.filter(holds).select(
            "lead_id",
            rule_id=pl.lit(rule["rule_id"]),
            score_group=pl.lit("fit"),
            points=pl.lit(_scaled(rule["points"]), dtype=pl.Int64),
        )


def _scores(factors: pl.DataFrame, leads: pl.LazyFrame, groups: list[Row]) -> pl.DataFrame:
    highest = {row["score_group"]: _scaled(row["max_points"]) for row in groups}
    return (
        leads.select("lead_id")
        .join(
            factors.lazy()
            .group_by("lead_id", "score_group")
            .agg(pl.sum("points"))
            .with_columns(
                points=pl.min_horizontal("points", pl.col("score_group").replace_strict(highest))
            )
            .group_by("lead_id")
            .agg(score=pl.sum("points")),
            on="lead_id",
            how="left",
        )
        .with_columns(score=pl.col("score").fill_null(0).clip(0, 100 * POINT))
        .collect(engine="streaming")
    )


def main(files: str, points: str, clock: str, target: str) -> None:
    """Score the leads in the folder `files` and write factors and scores into another folder."""
    scored = score(Path(files), Path(points), date.fromisoformat(clock))
    Path(target).mkdir()
    scored.factors.write_parquet(Path(target) / "factors.parquet")
    scored.scores.write_parquet(Path(target) / "scores.parquet")


def _scaled(points: str) -> int:
    return int(Decimal(points) * POINT)


def _rounded(product: pl.Expr, unit: int) -> pl.Expr:
    """Divided by the unit, half away from zero."""
    return product.sign() * ((product.abs() + unit // 2) // unit)


if __name__ == "__main__":
    main(*sys.argv[1:])
