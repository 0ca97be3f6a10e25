"""What people saw each day, and what the history says of it, over six days of nine leads.

The first six days of March 2024. Each lead is a story; the score that people saw on a day, and
what the history shows for it once all has landed, are worked out by hand.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest

from tests.warehouse import Row, build

pytestmark = pytest.mark.slow

FIRST, DAYS = date(2024, 3, 1), 6


def rule(score_model: str, rule_id: str, **cells: object) -> dict[str, object]:
    return {"score_model": score_model, "score_group": "all", "rule_id": rule_id, **cells}


SEEDS: dict[str, list[Row]] = {
    "score_models": [
        {"score_model": "old", "role": "champion", "min_score": 0, "max_score": 100},
        {"score_model": "new", "role": "champion", "live_from": "2024-03-05"},
    ],
    "score_groups": [
        {"score_model": model, "score_group": "all", "kind": "engagement"}
        for model in ("old", "new")
    ],
    "score_bands": [
        {"score_model": model, "band": band, "band_order": order, "lower_bound": bound}
        for model in ("old", "new")
        for order, (band, bound) in enumerate([("cold", ""), ("hot", "15")], start=1)
    ],
    "golden_leads": [],
    "lifecycle_stages": [
        {"stage": "mql", "source": "band", "value": "hot", "priority": "1"},
        {"stage": "customer", "source": "opportunity", "value": "won", "priority": "1"},
    ],
    "grade_bounds": [],
    "grade_matrix": [],
    "attribute_points": [
        rule("old", "decides", attribute="job_title", points=10)
        | {"operator": "contains", "value": "director"}
    ],
    "event_points": [
        rule("old", "demo", event_key="demo_request", points=20),
        rule("old", "form", event_key="form_submit", points=10, decay="linear", decay_days=4),
        rule("old", "unsubscribed", event_key="email_unsubscribe", points=-25),
        rule("old", "careers", event_key="careers_page", points=-6, window_days=3),
        rule("new", "demo", event_key="demo_request", points=1),
    ],
    "inactivity_points": [
        rule("old", "unopened", event_key="email_open", silent_days=2, points=-4)
        | {"requires_event_key": "email_sent"}
    ],
}


def lead(lead_id: str, day: int, updated: int | None = None, **fields: object) -> Row:
    """A version of a lead that came in at noon of a day of March."""
    version = {"updated_at": f"2024-03-0{updated}T12:00:00"} if updated else {}
    return {"lead_id": lead_id, "created_at": f"2024-03-0{day}T12:00:00", **version, **fields}


def event(lead_id: str, day: int, event_type: str, page_url: str | None = None) -> Row:
    """Something that a lead did at one o'clock of a day of March."""
    at = f"2024-03-0{day}T13:00:00"
    event_id = f"{lead_id} {event_type} {day}"
    return {"event_id": event_id, "lead_id": lead_id, "occurred_at": at} | {
        "event_type": event_type,
        "page_url": page_url,
    }


CAREERS = "https://www.example.com/careers"

# What landed on each day.
LANDED: dict[int, dict[str, list[Row]]] = {
    1: {
        "leads": [
            *(lead(name, 1) for name in ("late", "away", "unsubscribed", "penalised", "fading")),
            lead("promoted", 1, updated=1, job_title="Engineer"),
            lead("deleted", 1, updated=1, job_title="Director"),
            lead("unopened", 1, job_title="Director"),
        ],
        "lead_events": [
            event("away", 1, "demo_request"),
            event("unsubscribed", 1, "demo_request"),
            event("penalised", 1, "demo_request"),
            event("fading", 1, "form_submit"),
        ],
    },
    2: {"lead_events": [event("penalised", 2, "page_visit", CAREERS)]},
    3: {
        "leads": [lead("kept", 3, job_title="Director")],
        "lead_events": [
            event("unsubscribed", 3, "email_unsubscribe"),
            event("unopened", 3, "email_sent"),
        ],
    },
    4: {"leads": [lead("promoted", 1, updated=4, job_title="Director")]},
    5: {
        "leads": [
            lead("away", 1, updated=5, merged_into_lead_id="kept"),
            lead("deleted", 1, updated=5, job_title="Director", is_deleted=True),
        ]
    },
    6: {
        "lead_events": [
            event("late", 2, "demo_request"),
            event("unopened", 6, "email_open"),
        ]
    },
}

# The score on each day as people saw it then, by the old model. A deleted lead keeps its last one.
SEEN: dict[str, list[str | None]] = {
    "promoted": ["0", "0", "0", "10", "10", "10"],
    "late": ["0", "0", "0", "0", "0", "20"],
    "away": ["20", "20", "20", "20", None, None],
    "kept": [None, None, "10", "10", "30", "30"],
    "deleted": ["10", "10", "10", "10", "10", "10"],
    "unsubscribed": ["20", "20", "0", "0", "0", "0"],
    "penalised": ["20", "14", "14", "14", "20", "20"],
    "fading": ["10", "7.5", "5", "2.5", "0", "0"],
    "unopened": ["10", "10", "10", "10", "6", "10"],
}

# The score on each day as the history shows it when all has landed.
SHOWN: dict[tuple[str, str], list[str | None]] = {
    ("promoted", "old"): ["0", "0", "0", "10", "10", "10"],
    ("late", "old"): ["0", "20", "20", "20", "20", "20"],
    ("kept", "old"): ["20", "20", "30", "30", "30", "30"],
    ("deleted", "old"): ["10", "10", "10", "10", None, None],
    ("unsubscribed", "old"): ["20", "20", "0", "0", "0", "0"],
    ("penalised", "old"): ["20", "14", "14", "14", "20", "20"],
    # What can only fall is no reason to look again before the month ends.
    ("fading", "old"): ["10"] * 6,
    ("unopened", "old"): ["10"] * 6,
    **{
        (name, "new"): [None, None, None, None, points, points]
        for name, points in {
            **dict.fromkeys(("promoted", "fading", "unopened"), "0"),
            **dict.fromkeys(("late", "kept", "unsubscribed", "penalised"), "1"),
        }.items()
    },
}


@dataclass(frozen=True)
class Built:
    """What a warehouse says: each day's scores by model, and the history on the last day."""

    seen: Mapping[int, Mapping[tuple[str, str], Decimal]]
    models: Mapping[int, Mapping[str, str]]
    history: Sequence[tuple[object, ...]]


@pytest.fixture(scope="module")
def day_by_day(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A warehouse in which each day was landed and built before the next came."""
    folder = tmp_path_factory.mktemp("day-by-day")
    seen, models = {}, {}
    for day, raw in LANDED.items():
        with build(folder, raw, SEEDS, as_of=str(FIRST + timedelta(days=day - 1))) as connection:
            seen[day] = _scores(connection)
            models[day] = dict(
                connection.sql("select lead_id, score_model from marts.lead_score").fetchall()
            )
            history = _history(connection)
    return Built(seen, models, history)


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A warehouse in which all was landed before anything was built."""
    raw: dict[str, list[Row]] = defaultdict(list)
    for landed in LANDED.values():
        for entity, rows in landed.items():
            raw[entity] += rows
    with build(tmp_path_factory.mktemp("at-once"), raw, SEEDS, as_of="2024-03-06") as connection:
        return Built({DAYS: _scores(connection)}, {}, _history(connection))


def _scores(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Decimal]:
    rows = connection.sql("select lead_id, score_model, score from marts.lead_score_by_model")
    return {(lead_id, model): score for lead_id, model, score in rows.fetchall()}


def _history(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return connection.sql("select * from marts.lead_score_history order by all").fetchall()


def shown(history: Sequence[tuple[object, ...]]) -> Iterator[tuple[tuple[str, str, int], Decimal]]:
    """The score that a history shows for each lead, model and day of March."""
    for lead_id, model, first, last, score, *_ in history:
        assert isinstance(first, date) and isinstance(score, Decimal)
        for day in range(first.day, (last.day if isinstance(last, date) else DAYS) + 1):
            yield (str(lead_id), str(model), day), score


def test_people_saw_the_right_score_on_each_day(day_by_day: Built) -> None:
    expected = {
        (lead_id, day): Decimal(score)
        for lead_id, scores in SEEN.items()
        for day, score in enumerate(scores, start=1)
        if score is not None
    }
    assert expected == {
        (lead_id, day): score
        for day, scores in day_by_day.seen.items()
        for (lead_id, model), score in scores.items()
        if model == "old"
    }


def test_the_history_is_right_on_each_day(day_by_day: Built) -> None:
    days = list(shown(day_by_day.history))
    assert len(dict(days)) == len(days), "a day is in two spans"
    assert dict(days) == {
        (lead_id, model, day): Decimal(score)
        for (lead_id, model), scores in SHOWN.items()
        for day, score in enumerate(scores, start=1)
        if score is not None
    }


def test_built_day_by_day_or_at_once_it_is_the_same(day_by_day: Built, at_once: Built) -> None:
    assert day_by_day.history == at_once.history
    assert day_by_day.seen[DAYS] == at_once.seen[DAYS]


def test_the_new_model_counts_from_its_first_day_on(day_by_day: Built) -> None:
    assert set(day_by_day.models[4].values()) == {"old"}
    assert day_by_day.models[5] == {name: "new" for name in day_by_day.models[5]} | {
        "deleted": "old"
    }
