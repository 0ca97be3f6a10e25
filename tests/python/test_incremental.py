"""Built from landing to landing, a warehouse is what it is when all is made anew, row by row."""

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest

from scripts.landing.contract import read_contract
from tests.universe import CLOCK, Row, Universe, universe
from tests.warehouse import build, seed_rows

LATE, CHANGED, MOVED, GONE, BACK = 0.15, 0.1, 0.05, 0.1, 0.5
TABLES = [
    *("marts.lead_score", "marts.lead_score_by_model", "marts.lead_score_factors"),
    *("marts.lead_score_history", "marts.lead_lifecycle", "marts.funnel"),
    *("marts.lead_contact_permission", "marts.opportunity", "marts.data_issues"),
    "intermediate.int_current_scores",
    *("intermediate.int_event_days", "intermediate.int_scored_days"),
    "intermediate.int_score_milestones",
]
# What tells by which build a row of a kept table was made, and rows that only say so.
OF_A_BUILD = "c not in ('inputs_hash', 'complete_through_date')"
IS_ROW = {"intermediate.int_event_days": "event_key is not null"}
SELECTED = (
    *("+path:models/marts/scoring", "+funnel", "+opportunity", "+data_issues"),
    "+int_evaluated_factors",
)
TIMES = (
    "created_at",
    "updated_at",
    "occurred_at",
    "linked_at",
    "entered_at",
    "paid_at",
    "given_at",
)
Landing = dict[str, list[Row]]


def when(row: Row) -> str:
    """The time that a row is about; '' where it says none."""
    return max(str(row.get(name) or "") for name in TIMES)


def landings(made: Universe, days: int, random: Random) -> list[Landing]:
    """The rows by day of landing: in the order of their times, some late, some landed twice.

    Of the events a few come again with another type, and a few with another lead. A few of all
    but the leads come again deleted, of these some with a day, and half of them once more.
    """
    contract = read_contract()
    rows = [(entity, row) for entity, found in made.raw.items() for row in found]
    rows.sort(key=lambda pair: when(pair[1]))
    leads = [str(row["lead_id"]) for row in made.raw["leads"]]
    landed: list[Landing] = [defaultdict(list) for _ in range(days)]
    for number, (entity, row) in enumerate(rows):
        day = number * days // len(rows)
        if random.random() < LATE:
            day = random.randrange(day, days)
        landed[day][entity].append(row)
        if entity == "lead_events" and random.random() < CHANGED:
            change: Row = {"event_type": random.choice(["page_visit", "demo_request"])}
            if random.random() < MOVED:
                change = {"lead_id": random.choice(leads)}
            landed[random.randrange(day, days)][entity].append({**row, **change})
        if entity != "leads" and random.random() < GONE:
            gone: Row = {**row, "is_deleted": True}
            if "updated_at" in contract[entity].column_names and random.random() < 0.5:
                gone["updated_at"] = f"{CLOCK}T{random.randrange(24):02}:00:00"
            day = random.randrange(day, days)
            landed[day][entity].append(gone)
            if random.random() < BACK:
                landed[random.randrange(day, days)][entity].append({**gone, "is_deleted": False})
    return landed


@pytest.mark.parametrize(
    ("seed", "leads", "days"),
    [
        pytest.param(11, 30, 2, id="2-days"),
        pytest.param(11, 30, 4, id="4-days", marks=pytest.mark.slow),
        pytest.param(12, 60, 15, id="15-days", marks=pytest.mark.slow),
    ],
)
def test_landing_by_landing_it_is_the_same(
    tmp_path: Path, seed: int, leads: int, days: int
) -> None:
    random = Random(seed)
    made = universe(seed, leads, 5, None, is_odd=True)
    options: dict[str, str | bool] = {
        "reporting_currency": made.reporting_currency,
        "match_leads_by_person": made.match_leads_by_person,
    }
    seeds = {name: list(rows) for name, rows in made.seeds.items()}
    for stage, segment in (("iql", "hot_visitors"), ("trial", "quiet"), ("sql", "settled")):
        by_segment: Row = {"stage": stage, "source": "segment", "value": segment, "priority": "1"}
        seeds["lifecycle_stages"].append(by_segment)
    names = {str(row["score_model"]) for row in seeds["event_points"]}
    compared = {days // 2, days - 1, *random.sample(range(1, days), days // 5)}
    for day, landed in enumerate(landings(made, days, random)):
        if day in (days // 4, days // 2):
            models = {"model01"} if day < days // 2 else names
            seeds["event_points"] = [raised(row, models) for row in seeds["event_points"]]
        if day == days - 1:
            seeds["event_keys"] = [turned(row) for row in seeds["event_keys"]]
        with build(tmp_path / "grown", landed, seeds, SELECTED, **options) as grown:
            due = grown.sql(
                "select history_from_date, count(*) from intermediate.int_history_due group by all"
            ).fetchall()
        if day in compared:
            anew = tmp_path / f"anew-{day}"
            anew.mkdir()
            shutil.copy(tmp_path / "grown" / "leads.duckdb", anew)
            with duckdb.connect(str(anew / "leads.duckdb")) as connection:
                connection.execute("drop schema marts cascade; drop schema intermediate cascade")
            build(anew, {}, seeds, SELECTED, **options).close()
            assert list(differences(tmp_path / "grown", anew)) == [], f"day {day}, {due} due"


def one_rule(points: int = 5) -> dict[str, Sequence[Row]]:
    """The seeds of a model that gives points for a request of the last three days."""
    return {
        "score_models": [{"score_model": "m", "role": "champion"}],
        "score_groups": [{"score_model": "m", "score_group": "all", "kind": "engagement"}],
        "score_bands": [{"score_model": "m", "band": "cold", "band_order": 1}],
        "lifecycle_stages": [
            {"stage": "customer", "source": "opportunity", "value": "won", "priority": 1}
        ],
        "event_points": [
            {"score_model": "m", "score_group": "all", "rule_id": "demo"}
            | {"event_key": "demo_request", "points": points, "window_days": 3}
        ],
        **dict.fromkeys(
            (
                "attribute_points",
                "inactivity_points",
                "golden_leads",
                "grade_bounds",
                "grade_matrix",
            ),
            (),
        ),
    }


@pytest.mark.slow
def test_a_day_on_which_models_are_measured_is_scored_when_nothing_else_is(tmp_path: Path) -> None:
    """Thirty days after the creation no event is young enough to make the lead due."""
    lead: Row = {"lead_id": "a", "created_at": "2024-02-05T09:00:00"}
    visit: Row = {**lead, "event_id": "e", "event_type": "demo_request"}
    visit["occurred_at"] = visit.pop("created_at")
    seeds = one_rule()
    select = ("+int_scored_days",)
    build(tmp_path, {"leads": [lead], "lead_events": [visit]}, seeds, select, as_of="2024-03-05")
    with build(tmp_path, {}, seeds, select, as_of="2024-03-09") as built:
        scored = built.sql(
            "select score_date::varchar, score::integer from intermediate.int_scored_days"
            " where is_measured order by all"
        ).fetchall()
    assert scored == [
        ("2024-02-05", 5), ("2024-02-06", 5), ("2024-02-12", 0), ("2024-03-06", 0)
    ]  # fmt: skip


def raised(row: Row, models: Collection[str]) -> Row:
    """A rule of these models, with a point more."""
    if row["score_model"] not in models:
        return row
    return {**row, "points": Decimal(str(row["points"])) + 1}


def turned(row: Row) -> Row:
    """What an event means, the other way round: an engagement is none."""
    return {**row, "is_engagement": "no" if row["is_engagement"] == "yes" else "yes"}


def rows_of(warehouse: str, table: str) -> str:
    """A query of what must be the same however a table came to be."""
    condition = IS_ROW.get(table, "true")
    return f"select columns(lambda c: {OF_A_BUILD}) from {warehouse}.{table} where {condition}"


def differences(grown: Path, anew: Path) -> Iterator[tuple[str, Sequence[object]]]:
    """The first rows that one of the two warehouses has and the other has not, by table."""
    with duckdb.connect() as connection:
        for name, folder in (("grown", grown), ("anew", anew)):
            connection.execute(f"attach '{folder / 'leads.duckdb'}' as {name} (read_only)")
        for table in TABLES:
            for one, other in (("grown", "anew"), ("anew", "grown")):
                rows = connection.sql(
                    f"{rows_of(one, table)} except all {rows_of(other, table)} order by all limit 3"
                ).fetchall()
                yield from ((f"only {one}: {table}", row) for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("changed", ["mapping", "points", "clock"])
def test_what_a_build_that_stopped_short_had_changed_is_made_anew(
    tmp_path: Path, changed: str
) -> None:
    """What it was made of is put back before the next one."""
    lead: Row = {"lead_id": "a", "created_at": "2024-02-05T09:00:00"}
    request: Row = {"event_id": "e", "lead_id": "a", "event_type": "demo_request"}
    request["occurred_at"] = "2024-03-04T09:00:00"
    as_of = "2024-03-05"
    keys: list[Row] = [{**row} for row in seed_rows({})["event_keys"]]
    no_engagements: list[Row] = [{**row, "is_engagement": "no"} for row in keys]
    seeds: dict[str, Sequence[Row]] = {**one_rule(), "event_keys": keys}
    cases: dict[str, tuple[dict[str, Sequence[Row]], str, str]] = {
        "points": ({**seeds, **one_rule(50)}, as_of, "+int_current_scores"),
        "clock": (seeds, "2024-03-20", "+int_current_scores"),
        "mapping": ({**seeds, "event_keys": no_engagements}, as_of, "+int_event_days"),
    }
    other, later, short = cases[changed]
    grown, anew = tmp_path / "grown", tmp_path / "anew"
    raw: Landing = {"leads": [lead], "lead_events": [request]}
    build(grown, raw, seeds, SELECTED, as_of=as_of).close()
    build(grown, {}, other, (short,), as_of=later).close()
    build(grown, {}, seeds, SELECTED, as_of=as_of).close()
    build(anew, raw, seeds, SELECTED, as_of=as_of).close()
    assert list(differences(grown, anew)) == []


def test_kept_tables_that_another_version_made_with_other_columns_are_made_anew(
    tmp_path: Path,
) -> None:
    lead: Row = {"lead_id": "a", "created_at": "2024-02-05T09:00:00"}
    request: Row = {"event_id": "e", "lead_id": "a", "event_type": "demo_request"}
    request["occurred_at"] = "2024-03-04T09:00:00"
    grown, before = tmp_path / "grown", tmp_path / "before"
    raw: Landing = {"leads": [lead], "lead_events": [request]}
    build(grown, raw, one_rule(), SELECTED, as_of="2024-03-05").close()
    shutil.copytree(grown, before)
    with duckdb.connect(str(grown / "leads.duckdb")) as connection:
        connection.execute(
            "alter table intermediate.int_event_days drop campaign;"
            "update intermediate.int_scored_days set score = 99"
        )
    build(grown, {}, one_rule(), SELECTED, as_of="2024-03-05").close()
    assert list(differences(grown, before)) == []
