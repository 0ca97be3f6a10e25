"""A lead that nobody landed is scored as one that was, and a change does what is said of it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from scripts.run import RunResult
from scripts.scoring.explain import Explanation, explain_made_up, persona_rows
from scripts.scoring.one_lead import MadeUpEvent
from scripts.scoring.ways_up import CHANGEABLE, SETTLED, WayUp
from scripts.seeds.overlay import SEEDS
from scripts.shared.errors import UserError
from tests.python.conftest import Warehouse

TODAY = date(2025, 6, 30)
MANAGER = {
    "seniority": "manager", "department_group": "marketing", "employee_band": "50-99",
    "industry": "E-commerce", "region": "North America", "email_domain_kind": "business",
}  # fmt: skip


@pytest.fixture(autouse=True)
def warehouse(sample: tuple[Warehouse, RunResult], monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    for name, value in sample[0].environment.items():
        monkeypatch.setenv(name, value)
    return sample[0]


def ago(event: str, days: int, times: int = 1) -> MadeUpEvent:
    return MadeUpEvent(event, TODAY - timedelta(days), times)


def personas() -> dict[str, tuple[dict[str, str], list[MadeUpEvent], str]]:
    """The project's golden leads: their attributes, events and bands."""
    found: dict[str, tuple[dict[str, str], list[MadeUpEvent], str]] = {}
    with (SEEDS / "points/golden_leads.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            attributes, events, _ = found.setdefault(row["persona"], ({}, [], row["expected_band"]))
            if row["attribute"]:
                attributes[row["attribute"]] = row["value"]
            else:
                events.append(
                    ago(row["event_key"], int(row["days_before"]), int(row["occurrences"] or 1))
                )
    return found


@pytest.mark.parametrize(
    ("persona", "score"),
    [
        # As golden_leads.csv reckons them by hand; prices a day ago are worth 6 × 59/60.
        ("it_head_asks_for_a_demo", "77.9"),
        ("chief_gone_silent", "37"),
        ("competitor_starts_a_trial", "34"),
    ],
)
def test_a_made_up_lead_has_the_score_that_its_points_add_up_to(persona: str, score: str) -> None:
    attributes, events, band = personas()[persona]
    found = explain_made_up(attributes, events, score_model="standard")
    assert (found.score, found.band) == (Decimal(score), band)
    assert found.score_date == TODAY


def test_what_a_file_says_of_a_lead_is_mapped_as_when_it_is_landed() -> None:
    """Head of IT is a director in IT, 150 people are 100 to 499, and Germany lies in Europe."""
    landed = {"job_title": "Head of IT", "employee_count": "150", "country": "Germany",
              "email": "anna@acme.example", "industry": "software"}  # fmt: skip
    derived = {"seniority": "director", "department_group": "it", "employee_band": "100-499",
               "region": "Europe", "email_domain_kind": "business",
               "industry": "Software"}  # fmt: skip
    for given in (landed, derived):
        found = explain_made_up(given, [ago("demo_request", 0)])
        assert found.score == 12 + 9 + 10 + 4 + 4 + 8 + 25


def test_an_event_counts_for_every_key_that_it_meets(warehouse: Warehouse) -> None:
    """Ten minutes in the product after a trial began are a session, and activate the trial."""
    ((points,),) = warehouse.query(
        """select points from intermediate.int_rules
        where rule_id = 'trial_start' and score_model = 'standard' limit 1"""
    )
    found = explain_made_up({}, [ago("trial_start", 9), ago("activated_trial", 3)])
    by_rule = {reason.rule_id: reason.points for reason in found.reasons}
    assert by_rule["trial_start"] == points
    assert "product_session" in by_rule


def test_a_past_day_knows_what_was_done_by_then() -> None:
    events = [ago("demo_request", 10)]
    found = explain_made_up(MANAGER, events, TODAY - timedelta(10))
    assert [r.points for r in found.reasons if r.rule_id == "demo_request"] == [Decimal(25)]
    with pytest.raises(
        UserError, match=r"^demo_request on 2025-06-20 is after 2025-06-19, the day"
    ):
        explain_made_up(MANAGER, events, TODAY - timedelta(11))


@pytest.mark.parametrize(
    ("attributes", "events", "sentence"),
    [
        ({"senority": "vp"}, [], "there is no attribute 'senority'; did you mean 'seniority'?"),
        ({"xyzzy": "1"}, [], "there is no attribute 'xyzzy'"),
        ({"lead_id": "l1"}, [], "there is no attribute 'lead_id'"),
        ({"visits_last_7_days": "3"}, [], "there is no attribute 'visits_last_7_days'"),
        ({}, [ago("pricing_pag", 0)], "there is no event 'pricing_pag'; did you mean 'pricing"),
        ({}, [ago("pricing_page", 0, 0)], "pricing_page on 2025-06-30 0 times; once is the least"),
        ({"employee_count": "many"}, [], "employee_count 'many' is not a whole number such as 500"),
        ({"created_at": "2026-01-01"}, [], "created_at 2026-01-01 is after 2025-06-30, the day of"),
        ({"consent_status": "objected"}, [], "lead 'made-up lead' objected to being scored"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(
    attributes: Mapping[str, str], events: Sequence[MadeUpEvent], sentence: str
) -> None:
    with pytest.raises(UserError) as refused:
        explain_made_up(attributes, events)
    assert str(refused.value).startswith(sentence)


def changed(
    attributes: Mapping[str, str], events: Sequence[MadeUpEvent], way: WayUp, seeds: Path
) -> Explanation:
    """What a way up says that would happen, happening."""
    if way.attribute:
        return explain_made_up({**attributes, way.attribute: way.value or ""}, events, seeds=seeds)
    assert way.event_key and way.events
    more = [*events, MadeUpEvent(way.event_key, TODAY, way.events)]
    return explain_made_up(attributes, more, seeds=seeds)


@pytest.mark.parametrize(
    ("attributes", "events"),
    [
        # Silent for long; each event ends the silence.
        ({"seniority": "c_level", "region": "Europe", "created_at": "2024-01-01"}, []),
        # Some room left by limits of a rule, and a mailbox that can change.
        (MANAGER | {"email_domain_kind": "free"}, [ago("pricing_page", 1, 2), ago("ebook", 3, 4)]),
    ],
)
def test_a_way_up_gives_the_score_that_the_change_gives(
    attributes: dict[str, str], events: list[MadeUpEvent], tmp_path: Path
) -> None:
    """Where some events count twice a day, so that there are ways of two events."""
    text = (SEEDS / "points/event_points.csv").read_text("utf-8")
    assert ",60,1,1," in text
    (tmp_path / "event_points.csv").write_text(text.replace(",60,1,1,", ",60,2,2,"), "utf-8")
    found = explain_made_up(attributes, events, seeds=tmp_path)
    attribute = next(n for n, way in enumerate(found.ways_up) if way.attribute)
    event = max(range(len(found.ways_up)), key=lambda n: found.ways_up[n].events or 0)
    assert found.ways_up[event].events == 2
    for place in (event, attribute):
        way = found.ways_up[place]
        after = changed(attributes, events, way, tmp_path)
        assert (after.score, after.band) == (way.score, way.band)
        assert way.score > found.score


def test_ways_up_begin_with_the_smallest_change_that_lifts_a_band() -> None:
    found = explain_made_up(MANAGER, [])
    order = [(not way.reaches_next_band, way.changes) for way in found.ways_up]
    assert order == sorted(order)
    assert {way.reaches_next_band for way in found.ways_up} == {True, False}
    assert found.next_band == "hot" and found.points_to_next_band == 50 - found.score
    for way in found.ways_up:
        assert way.reaches_next_band == (way.score >= 50)
    assert len({(way.event_key, way.attribute) for way in found.ways_up}) == len(found.ways_up)


def test_only_what_a_person_could_change_or_tell_is_a_way_up() -> None:
    """The industry is known and stays; the mailbox may become another; a size is to be learnt."""
    known = {"industry": "Education", "email_domain_kind": "free", "channel": "display",
             "seniority": "c_level", "region": "Europe"}  # fmt: skip
    ways = {way.attribute: way for way in explain_made_up(known).ways_up if way.attribute}
    assert "industry" not in ways and "channel" not in ways
    assert ways["email_domain_kind"].value_now == "free"
    assert ways["employee_band"].value_now == ""
    assert "industry" in {way.attribute for way in explain_made_up({}).ways_up}
    assert not set(SETTLED) & set(CHANGEABLE)


def test_a_disqualified_lead_is_told_why_and_has_no_way_up() -> None:
    found = explain_made_up(MANAGER | {"email_domain_kind": "competitor"})
    assert found.band == "disqualified"
    assert found.notes == ("disqualified whatever its score: Works for a competitor",)
    assert (found.next_band, found.points_to_next_band, found.ways_up) == (None, None, ())


def test_a_made_up_lead_saved_as_a_golden_lead_lands_where_it_did() -> None:
    """Its rows are what rules see: the job title is not one of them, what follows from it is."""
    rows = persona_rows(
        {"job_title": "Head of IT", "industry": "Software"},
        [ago("demo_request", 2), ago("blog_visit", 5, 2)],
    )
    attributes = {row["attribute"]: row["value"] for row in rows if "attribute" in row}
    assert attributes["seniority"] == "director"
    assert attributes["industry"] == "Software"
    events = [
        (r["event_key"], r["days_before"], r["occurrences"]) for r in rows if "event_key" in r
    ]
    assert ("demo_request", "2", "1") in events
    assert ("blog_visit", "5", "2") in events
    assert "any_engagement" not in {key for key, *_ in events}


def test_notes_tell_a_day_beyond_the_data() -> None:
    found = explain_made_up(MANAGER, [], TODAY + timedelta(1))
    assert [note.split(",")[0] for note in found.notes] == [
        "2025-07-01 is beyond the end of the data"
    ]
    assert replace(found, notes=()).score_date == TODAY + timedelta(1)
