"""The marts against the oracle: generated leads by generated models, to the last decimal.

A case is a lead and a model: its score, bands, grades and every factor at the clock, and its
history on each day of its life.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import duckdb
import pytest

from scripts.bench.edits import edited
from scripts.run import RunResult
from scripts.scoring.preview import previewing
from tests.oracle import Factor, Oracle, Person, Score, decay, key_of, number_of, rounded
from tests.python.conftest import Warehouse
from tests.universe import CLOCK, Row, Universe, universe
from tests.warehouse import SCORING, build, seed_rows, write_seeds

DAY = timedelta(days=1)
SHOWN, LEADS, PROPOSALS, EDITS = 3, 100, 3, 12

Case = tuple[str, str]


@dataclass(frozen=True)
class Span:
    """A row of lead_score_history."""

    valid_from: date
    valid_to: date | None
    score: Decimal
    band: str
    band_change: str


@dataclass(frozen=True)
class World:
    """Rows, the warehouse built from them and the oracle over them; leads that are looked at."""

    folder: Path
    universe: Universe
    connection: duckdb.DuckDBPyConnection
    oracle: Oracle
    leads: Sequence[str]

    def lives(self) -> Iterator[tuple[Case, list[date]]]:
        """Each case and the days on which its model scores its lead, where there is any."""
        for lead_id in self.leads:
            life = self.oracle.life(lead_id)
            for name, model in self.oracle.models.items():
                if days := [day for day in life if day >= model.live_from]:
                    yield (lead_id, name), days

    def query(self, sql: str) -> list[tuple[object, ...]]:
        return self.connection.sql(sql).fetchall()

    def account(self, case: Case, rule_ids: set[str] | None = None) -> str:
        """The rows behind a case: the lead's and those of its rules, by default all."""
        lead_id, name = case
        group = {lead for lead, survivor in self.oracle.survivor.items() if survivor == lead_id}
        raw = [
            f"{entity}: {_filled(row)}"
            for entity, rows in self.universe.raw.items()
            for row in rows
            if row.get("lead_id") in group
        ]
        seeds = [
            f"{seed}: {_filled(row)}"
            for seed, rows in self.universe.seeds.items()
            for row in rows
            if row.get("score_model") == name
            and not seed.startswith(("grade", "golden"))
            and (rule_ids is None or row.get("rule_id", "") in {*rule_ids, ""})
        ]
        return "\n".join([*raw, *seeds])


def _filled(row: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in row.items() if value not in ("", None)}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((1, 40, 25, CLOCK), id="quick"),
        pytest.param((2, 90, 30, CLOCK), id="large", marks=pytest.mark.slow),
        pytest.param((3, 90, 30, None), id="no-as-of", marks=pytest.mark.slow),
    ],
)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    made = universe(*request.param)
    folder = tmp_path_factory.mktemp("world")
    with build(
        folder,
        made.raw,
        made.seeds,
        [*SCORING, "golden_lead_factors", "+score_quality", "+threshold_curve"],
        as_of=made.as_of,
        reporting_currency=made.reporting_currency,
        match_leads_by_person=made.match_leads_by_person,
    ) as connection:
        oracle = Oracle(
            made.raw,
            seed_rows(made.seeds),
            made.as_of,
            made.reporting_currency,
            made.match_leads_by_person,
        )
        yield World(folder, made, connection, oracle, list(oracle.people))


# ----------------------------------------------------------------------------- at the clock


def test_scores_and_factors_equal_the_oracle(world: World) -> None:
    assert set(_scores(world)) == {case for case, _ in world.lives()}
    assert len(_scores(world)) >= 200
    _assert_equal(world)


def test_the_sample_equals_the_oracle(sample: tuple[Warehouse, RunResult]) -> None:
    with _landed_world(sample[0]) as world:
        _assert_equal(world)


def test_a_what_if_gives_the_scores_that_a_build_would(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other points, groups, bands and models, and another page that counts, on the same leads."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(world.folder / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(world.folder / "target"))
    made, other = world.universe, universe(7, 1, 25).seeds
    # The champion alone, so that the oracle need not know who is a challenger's.
    other["score_models"] = [{**row, "traffic_share": ""} for row in other["score_models"]]
    globs = {"*/pricing*": "*/50*"}
    other["event_keys"] = [
        {**row, "page_glob": globs.get(str(row["page_glob"]), row["page_glob"])}
        for row in other["event_keys"]
    ]
    write_seeds(tmp_path, other)
    oracle = Oracle(
        *(made.raw, seed_rows(other), made.as_of, made.reporting_currency),
        made.match_leads_by_person,
    )
    (champion,) = (m["score_model"] for m in other["score_models"] if m["role"] == "champion")
    with previewing() as preview:
        found = preview.effect(tmp_path, movers=None)
    assert {"attribute_points", "event_keys", "event_points", "score_bands"} <= set(
        found.changed_seeds
    )
    then = {mover.lead_id: (mover.score_then, mover.band_then) for mover in found.movers}
    assert len(then) == found.moved > 10
    now = world.connection.sql("select lead_id, score, band from marts.lead_score").fetchall()
    assert len(now) > 20
    then = {lead_id: (score, band) for lead_id, score, band in now} | then
    for lead_id in oracle.people:
        if life := oracle.life(lead_id):
            score = oracle.score(lead_id, str(champion), life[-1])
            assert then[lead_id] == (score.score, score.band), lead_id


def test_what_an_edit_touches_is_all_that_it_changes(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From stored units, and by scoring all leads anew: the same, one proposal after the other."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(world.folder / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(world.folder / "target"))
    found, moved = [], 0
    with previewing() as preview:
        for number in range(PROPOSALS):
            seeds = tmp_path / str(number)
            seeds.mkdir()
            said = edited(seeds, Random(number), EDITS, world.folder / "seeds")
            found.append((said, seeds, preview.effect(seeds, movers=None)))
            moved += found[-1][-1].moved
        assert preview.effect(world.folder / "seeds").moved == 0
        monkeypatch.setattr("scripts.scoring.preview.POINT_TABLES", frozenset())
        for said, seeds, quickly in found:
            assert quickly == preview.effect(seeds, movers=None), said
    assert moved > PROPOSALS


@pytest.mark.slow
def test_real_leads_equal_the_oracle(real: tuple[str, Warehouse]) -> None:
    with _landed_world(real[1]) as world:
        _assert_equal(world)


def _assert_equal(world: World) -> None:
    scores, factors = _scores(world), _factors(world)
    assert set(factors) <= set(scores)  # who has no score has no reasons
    expected = {case: world.oracle.score(*case, days[-1]) for case, days in world.lives()}
    wrong = [
        case
        for case, score in expected.items()
        if scores[case] != _numbers(score) or factors[case] != _by_rule(score.factors)
    ]
    assert not wrong, "\n\n".join(
        [f"{len(wrong)} of {len(expected)} cases differ"]
        + [_difference(world, case, expected[case], scores, factors) for case in wrong[:SHOWN]]
    )


@contextmanager
def _landed_world(warehouse: Warehouse) -> Iterator[World]:
    """A warehouse that `run` built, and a hundred of its leads."""
    with duckdb.connect(str(warehouse.file), read_only=True) as connection:
        seeds = {name: _text_rows(connection, f"seeds.{name}") for name in seed_rows({})}
        ((clock,),) = connection.sql("select clock_date from intermediate.int_clock").fetchall()
        raw = {
            entity: _text_rows(connection, f"raw.{entity} order by landing_seq")
            for entity in ("leads", "accounts", "opportunities", "opportunity_stages")
        }
        survivor = Oracle(raw, seeds, str(clock)).survivor
        leads = sorted(set(survivor.values()))[:LEADS]
        members = [lead_id for lead_id, survivor_id in survivor.items() if survivor_id in leads]
        for entity in ("lead_events", "payments", "lead_feedback"):
            rows = f"raw.{entity} where lead_id in {(*members, '')} order by landing_seq"
            raw[entity] = _text_rows(connection, rows)
        currencies = {row["currency"] for row in raw["leads"] if row["currency"]}
        currency = str(currencies.pop()) if len(currencies) == 1 else ""
        oracle = Oracle(raw, seeds, str(clock), currency)
        yield World(warehouse.folder, Universe(raw, seeds, ""), connection, oracle, leads)


def _text_rows(connection: duckdb.DuckDBPyConnection, rows: str) -> list[Row]:
    """Rows as `build` and the oracle take them: text, JSON read, and '' in an empty cell."""
    relation = connection.sql(f"select columns(lambda c: c <> 'landing_seq')::varchar from {rows}")
    found: list[Row] = []
    for values in relation.fetchall():
        row: Row = dict(zip(relation.columns, values, strict=True))
        for column in ("attributes", "properties"):
            if row.get(column):
                row[column] = json.loads(str(row[column]))
        found.append({column: value or "" for column, value in row.items()})
    return found


def _scores(world: World) -> dict[Case, tuple[object, ...]]:
    rows = world.query(
        """select lead_id, score_model, score, raw_score, fit_score, engagement_score, band,
            fit_grade, engagement_grade, priority, is_disqualified, is_junk
        from marts.lead_score_by_model"""
    )
    return {(str(lead_id), str(model)): tuple(numbers) for lead_id, model, *numbers in rows}


def _numbers(score: Score) -> tuple[object, ...]:
    """What a row of lead_score_by_model says."""
    return (
        *(score.score, score.raw_score, score.fit_score, score.engagement_score, score.band),
        *(score.fit_grade, score.engagement_grade, score.priority),
        *(score.is_disqualified, score.is_junk),
    )


Reasons = dict[tuple[str, str], tuple[object, ...]]


def _factors(world: World) -> dict[Case, Reasons]:
    factors: dict[Case, Reasons] = defaultdict(dict)
    for lead_id, model, group, rule_id, *numbers in world.query(
        """select lead_id, score_model, score_group, rule_id, points, occurrences, last_event_date
        from marts.lead_score_factors"""
    ):
        factors[str(lead_id), str(model)][str(group), str(rule_id)] = tuple(numbers)
    return factors


def _by_rule(factors: Sequence[Factor]) -> Reasons:
    return {
        (factor.score_group, factor.rule_id): (
            factor.points,
            factor.occurrences,
            factor.last_event_date,
        )
        for factor in factors
    }


def _difference(
    world: World,
    case: Case,
    score: Score,
    scores: Mapping[Case, tuple[object, ...]],
    factors: Mapping[Case, Reasons],
) -> str:
    """A case that differs, for people: what both say and the rows behind it."""
    ours, theirs = _by_rule(score.factors), factors[case]
    differing = {reason for reason in ours | theirs if ours.get(reason) != theirs.get(reason)}
    table = [
        f"  {reason}: oracle {_shown(ours.get(reason))} · warehouse {_shown(theirs.get(reason))}"
        for reason in sorted(differing)
    ]
    return "\n".join(
        [
            f"{case}: oracle {_shown(_numbers(score))} · warehouse {_shown(scores.get(case))}",
            *table,
            world.account(case, {rule_id for _, rule_id in differing}),
        ]
    )


def _shown(values: Sequence[object] | None) -> str:
    return "nothing" if values is None else " ".join(str(value) for value in values)


def test_points_of_factors_add_up_to_the_score(world: World) -> None:
    for case, days in world.lives():
        score = world.oracle.score(*case, days[-1])
        assert sum(factor.points for factor in score.factors) == score.score, case


def test_lead_score_is_that_of_the_leads_model(world: World) -> None:
    expected = {}
    for lead_id in world.oracle.people:
        if life := world.oracle.life(lead_id):
            name = world.oracle.model_of(lead_id, life[-1])
            assert name is not None
            score = world.oracle.score(lead_id, name, life[-1])
            expected[lead_id] = (name, score.score, score.band, life[-1])
    found = world.query(
        "select lead_id, score_model, score, band, score_date from marts.lead_score"
    )
    assert {lead_id: tuple(rest) for lead_id, *rest in found} == expected
    assert len({name for name, *_ in expected.values()}) > 1


def test_each_model_has_a_hash_of_its_points(world: World) -> None:
    hashes = world.query("select distinct score_model, points_hash from marts.lead_score_by_model")
    models = {str(model) for model, _ in hashes}
    assert models == set(world.oracle.models)
    assert len({points_hash for _, points_hash in hashes if points_hash}) == len(hashes)


def test_everything_that_a_rule_can_say_is_tried(world: World) -> None:
    fired = {
        (model, rule_id) for (_, model), found in _factors(world).items() for _, rule_id in found
    }
    seen: dict[str, set[str]] = defaultdict(set)
    for seed in ("attribute_points", "event_points", "inactivity_points"):
        for row in world.universe.seeds[seed]:
            if (row["score_model"], row["rule_id"]) in fired:
                seen["operator"].add(str(row.get("operator")))
                seen["decay"].add(str(row.get("decay") or "none"))
                seen["effect"].add(str(row.get("effect") or "points"))
                for column, value in row.items():
                    if value:
                        seen["column"].add(column)
    operators = "equals in contains between at_least at_most is_set is_missing"
    assert seen["operator"] >= set(operators.split())
    assert seen["decay"] == {"none", "linear", "exponential", "step"}
    assert seen["effect"] == {"points", "disqualify", "junk"}
    columns = "region valid_from valid_to window_days max_per_day max_events min_points max_points"
    assert seen["column"] >= {*columns.split(), "silent_days", "requires_event_key"}
    changes = {rule_id for _, rule_id in fired}
    assert changes >= {"group_limit", "group_weight", "score_scale"}


# ---------------------------------------------------------------------------------- history


def test_history_is_right_on_every_day(world: World) -> None:
    history = _history(world)
    assert set(history) == {case for case, _ in world.lives()}
    assert {span.band_change for spans in history.values() for span in spans} == {
        *("first", "rose", "fell", "fell by decay", "stayed"),
    }
    _assert_history_right(world)


@pytest.mark.slow
def test_the_history_of_the_sample_is_right(sample: tuple[Warehouse, RunResult]) -> None:
    with _landed_world(sample[0]) as world:
        _assert_history_right(replace(world, leads=world.leads[:20]))


def _assert_history_right(world: World) -> None:
    history = _history(world)
    orders = _band_orders(world)
    wrong = []
    for case, days in world.lives():
        daily = {day: world.oracle.score(*case, day) for day in days}
        spans = history[case]
        faults = [
            *_span_faults(spans, days, world.oracle.clock),
            *_score_faults(spans, daily, world.oracle.clock),
            *_band_faults(spans, daily, orders[case[1]]),
            *_change_faults(spans, world.oracle.people[case[0]], daily, orders[case[1]]),
        ]
        if faults:
            wrong.append("\n".join([f"{case}:", *faults[:SHOWN], world.account(case)]))
    assert not wrong, "\n\n".join([f"{len(wrong)} cases differ", *wrong[:SHOWN]])


def _history(world: World) -> dict[Case, list[Span]]:
    history: dict[Case, list[Span]] = defaultdict(list)
    rows = world.connection.sql(
        """select lead_id, score_model, valid_from, valid_to, score, band, band_change
        from marts.lead_score_history order by all"""
    ).fetchall()
    for lead_id, model, *span in rows:
        history[lead_id, model].append(Span(*span))
    return history


def _band_orders(world: World) -> dict[str, dict[str, int]]:
    orders: dict[str, dict[str, int]] = defaultdict(dict)
    for row in world.universe.seeds["score_bands"]:
        orders[str(row["score_model"])][str(row["band"])] = int(str(row["band_order"]))
    return orders


def _days_of(span: Span, clock: date) -> list[date]:
    last = span.valid_to or clock
    return [span.valid_from + DAY * age for age in range((last - span.valid_from).days + 1)]


def _span_faults(spans: Sequence[Span], days: Sequence[date], clock: date) -> Iterator[str]:
    """Spans cover the lead's life once, differ from their neighbours, and the last is open."""
    covered = [day for span in spans for day in _days_of(span, clock)]
    if covered != list(days):
        outside, uncovered = sorted(set(covered) - set(days)), sorted(set(days) - set(covered))
        yield f"spans cover {outside} too, and not {uncovered}, or a day twice"
    for span, later in pairwise(spans):
        if (span.score, span.band) == (later.score, later.band) and span.valid_to == (
            later.valid_from - DAY
        ):
            yield f"{span} and {later} are one"
    if spans and (spans[-1].valid_to is None) != (days[-1] == clock):
        yield f"{spans[-1]} ends wrongly: the last day is {days[-1]}"


def _score_faults(spans: Sequence[Span], daily: Mapping[date, Score], clock: date) -> Iterator[str]:
    """A span begins with the day's score and band; later days of it score no more."""
    for span in spans:
        first = daily.get(span.valid_from)
        if first is None or (first.score, first.band) != (span.score, span.band):
            yield f"{span}: the oracle says {first and (first.score, first.band)}"
        for day in _days_of(span, clock):
            if day in daily and daily[day].score > span.score:
                yield f"{span}: on {day} the score is {daily[day].score}"
                break


def _band_faults(
    spans: Sequence[Span], daily: Mapping[date, Score], orders: Mapping[str, int]
) -> Iterator[str]:
    """The first day in a band or above it is that of the oracle."""
    for band, order in orders.items():
        reached = [day for day, score in daily.items() if orders.get(score.band, 0) >= order]
        shown = [span.valid_from for span in spans if orders.get(span.band, 0) >= order]
        if reached[:1] != shown[:1]:
            yield f"{band} is reached on {reached[:1]}, in the history on {shown[:1]}"


def _change_faults(
    spans: Sequence[Span], person: Person, daily: Mapping[date, Score], orders: Mapping[str, int]
) -> Iterator[str]:
    """A band changes as its order says; on a day of decay the lead neither did nor was anything."""
    for before, span in pairwise([None, *spans]):
        assert span
        if before is None or before.valid_to != span.valid_from - DAY:
            expected = {"first"}
        else:
            rise = orders.get(span.band, 0) - orders.get(before.band, 0)
            expected = {"rose"} if rise > 0 else {"fell", "fell by decay"} if rise else {"stayed"}
        if span.band_change not in expected:
            yield f"{span}: after {before} it is {expected}"
        factors = daily[span.valid_from].factors
        if span.band_change == "fell by decay" and (
            person.since(span.valid_from) == span.valid_from
            or any(factor.last_event_date == span.valid_from for factor in factors)
        ):
            yield f"{span}: something happened that day"


# --------------------------------------------------------------- the oracle, worked by hand


def event_rule(**cells: str) -> dict[str, str]:
    return {"decay": "", "decay_days": "", "decay_rate": "", **cells}


@pytest.mark.parametrize(
    ("kind", "days", "rate", "age", "left"),
    [
        ("none", "", "", 10_000, "1"),
        ("linear", "60", "", 0, "1"),
        ("linear", "60", "", 30, "0.5"),
        ("linear", "60", "", 60, "0"),
        ("linear", "60", "", 61, "0"),
        # 511 / 512 = 0.998046875 and 1 / 512 = 0.001953125: halves go away from zero.
        ("linear", "512", "", 1, "0.99804688"),
        ("linear", "512", "", 511, "0.00195313"),
        ("linear", "3", "", 1, "0.66666667"),
        ("exponential", "30", "", 30, "0.5"),
        ("exponential", "2", "", 18, "0.00195313"),
        ("exponential", "30", "", 1, "0.97715997"),
        ("step", "45", "0.15", 44, "1"),
        ("step", "45", "0.15", 45, "0.85"),
        ("step", "45", "0.15", 315, "0"),
    ],
)
def test_decay(kind: str, days: str, rate: str, age: int, left: str) -> None:
    rule = event_rule(decay=kind, decay_days=days, decay_rate=rate)
    assert decay(rule, age) == Decimal(left)


def test_halves_go_away_from_zero() -> None:
    assert rounded(Decimal("0.00005"), 4) == Decimal("0.0001")
    assert rounded(Decimal("-0.00005"), 4) == Decimal("-0.0001")
    assert rounded(Decimal("-0.00004999"), 4) == 0


@pytest.mark.parametrize("text", ["1e3", " 5", "5.", ".5", "+5", "", "٥", "1,000", "NaN", "--1"])
def test_what_is_not_written_as_a_number_is_none(text: str) -> None:
    assert number_of(text) is None


def test_numbers_are_exact() -> None:
    assert number_of("-3.20") == Decimal("-3.2")
    assert number_of("007") == 7


@pytest.mark.parametrize(
    "texts",
    [
        ("Straße", "STRASSE"),
        ("ΟΔΟΣ", "οδος", "οδός"),
        ("ＣＥＯ", "ceo", " CEO\u3000"),
        ("Softwäre", "SOFTWA\u0308RE", "software"),
        ("ﬁ", "FI"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_texts_are_equal_without_case_accents_and_width(texts: tuple[str, ...]) -> None:
    assert len({key_of(text) for text in texts}) == 1


POINTS = ("attribute_points", "event_points", "inactivity_points")


def scored(
    events: Sequence[tuple[str, str]], day: str, created: str = "2024-01-01", **rules: object
) -> Score:
    """The score of a lead by a model with one group of the given rules."""
    model = {"score_model": "m", "role": "champion"}
    group = {"score_model": "m", "score_group": "g", "kind": "engagement"}
    band = {"score_model": "m", "band": "b", "band_order": "1"}
    points = {seed: [] for seed in POINTS} | {
        seed: [
            {"score_model": "m", "rule_id": f"r{n}", "score_group": "g"} | row
            for n, row in enumerate(rows)
        ]
        for seed, rows in rules.items()
        if isinstance(rows, list)
    }
    seeds = {"score_models": [model], "score_groups": [group], "score_bands": [band]}
    lead = {"lead_id": "a", "created_at": created}
    raw = {
        "leads": [lead],
        "lead_events": [
            {"event_id": str(number), "lead_id": "a", "event_type": kind, "occurred_at": at}
            for number, (kind, at) in enumerate(events)
        ],
    }
    oracle = Oracle(raw, seed_rows(seeds | points), as_of=day)
    return oracle.score("a", "m", date.fromisoformat(day))


def test_silence_begins_when_it_was_broken() -> None:
    rule = {"event_key": "email_open", "requires_event_key": "email_sent", "silent_days": "30"}
    rules = [rule | {"points": "-10"}]

    def points(events: Sequence[tuple[str, str]], day: str) -> Decimal:
        return scored(events, day, inactivity_points=rules).score

    sent, opened = ("email_sent", "2024-01-10"), ("email_open", "2024-01-10")
    assert points([], "2024-06-30") == 0
    assert points([sent], "2024-02-08") == 0
    assert points([sent], "2024-02-09") == -10
    assert points([sent, opened], "2024-06-30") == 0
    again = ("email_sent", "2024-03-01")
    assert points([sent, opened, again], "2024-03-30") == 0
    assert points([sent, opened, again], "2024-03-31") == -10


def test_the_latest_events_count_after_the_limit_of_each_day() -> None:
    rule = {"event_key": "demo_request", "points": "10", "max_per_day": "2", "max_events": "3"}
    rules = [rule | {"decay": "linear", "decay_days": "10"}]
    events = [
        ("demo_request", f"2024-02-{day}T0{hour}:00:00") for day in (28, 29) for hour in "123"
    ]
    score = scored(events, "2024-03-01", event_points=rules)
    # two of 29 February, a day old, and one of the 28th: 10 × (0.9 + 0.9 + 0.8)
    assert score.score == 26
    assert score.factors == (Factor("g", "r0", Decimal(26), 3, date(2024, 2, 29)),)


def test_an_event_leaves_its_window() -> None:
    rules = [{"event_key": "demo_request", "points": "100", "window_days": "7"}]
    event = [("demo_request", "2024-02-25T23:59:59")]
    assert scored(event, "2024-03-02", event_points=rules).score == 100
    assert scored(event, "2024-03-03", event_points=rules).score == 0
