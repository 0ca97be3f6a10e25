"""What is next with a lead, and when: consent, hours, time zones, holidays and touches."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import holidays
import pytest

from scripts.run import RunResult
from scripts.sales.hours import next_contact_hours
from tests.models import Models
from tests.python.conftest import Warehouse

Row = dict[str, object]

OFFICE = ("09:00", "17:00")


def hours(
    country: str | None, zone: str | None, day: str, clock_zone: str = "UTC", own: str | None = None
) -> tuple[str, ...] | None:
    """The day, from when and until when a lead may be called during office hours."""
    found = next_contact_hours(country, own, zone, *OFFICE, date.fromisoformat(day), clock_zone)
    return (
        None
        if found is None
        else (
            str(found["queue_date"]),
            f"{found['contact_from_at']:%Y-%m-%d %H:%M}",
            f"{found['contact_until_at']:%H:%M}",
        )
    )


# Public holidays and weekends as calendars of the countries have them.
HOURS = {
    "the next day": (("DE", "Europe/Berlin", "2025-06-30"), ("2025-07-01", "2025-07-01 07:00")),
    "winter time": (("DE", "Europe/Berlin", "2025-01-06"), ("2025-01-07", "2025-01-07 08:00")),
    "after a weekend": (("DE", "Europe/Berlin", "2025-06-27"), ("2025-06-30", "2025-06-30 07:00")),
    "a Friday of work": (("AE", "Asia/Dubai", "2025-06-19"), ("2025-06-20", "2025-06-20 05:00")),
    "no Friday of the new year": (
        ("AE", "Asia/Dubai", "2025-06-26"),
        ("2025-06-30", "2025-06-30 05:00"),
    ),
    "a Sunday is a working day": (
        ("SA", "Asia/Riyadh", "2025-06-26"),
        ("2025-06-29", "2025-06-29 06:00"),
    ),
    "no call at Christmas": (
        ("DE", "Europe/Berlin", "2025-12-24"),
        ("2025-12-29", "2025-12-29 08:00"),
    ),
    "nor on the Fourth of July": (
        ("US", "America/New_York", "2025-07-03"),
        ("2025-07-07", "2025-07-07 13:00"),
    ),
    "Easter Monday of the Orthodox": (
        ("GR", "Europe/Athens", "2026-04-09"),
        ("2026-04-14", "2026-04-14 06:00"),
    ),
    "a day that began before the clock's ended": (
        ("NZ", "Pacific/Auckland", "2025-07-01"),
        ("2025-07-03", "2025-07-02 21:00"),
    ),
}


@pytest.mark.parametrize("case", HOURS)
def test_the_next_hours(case: str) -> None:
    asked, (day, begin) = HOURS[case]
    found = hours(*asked)
    assert found and found[:2] == (day, begin)


def test_hours_are_in_the_zone_of_the_clock_and_of_the_lead_first() -> None:
    assert hours("DE", "Europe/Berlin", "2025-06-30", "America/New_York") == (
        "2025-07-01",
        "2025-07-01 03:00",
        "11:00",
    )
    assert hours("US", "America/New_York", "2025-06-30", own="America/Los_Angeles") == (
        "2025-07-01",
        "2025-07-01 16:00",
        "00:00",
    )
    assert hours("US", "America/New_York", "2025-06-30", own="Mars/Crater") == (
        "2025-07-01",
        "2025-07-01 13:00",
        "21:00",
    )
    assert hours(None, None, "2025-06-30") is None
    assert hours("XX", "UTC", "2025-06-27") == ("2025-06-30", "2025-06-30 09:00", "17:00")


ZONES = {
    "DE": "Europe/Berlin", "US": "America/New_York", "NZ": "Pacific/Auckland", "SA": "Asia/Riyadh",
    "JP": "Asia/Tokyo", "BR": "America/Sao_Paulo", "GR": "Europe/Athens", "IN": "Asia/Kolkata",
    "ZA": "Africa/Johannesburg", "FR": "Europe/Paris",
}  # fmt: skip
OWN_ZONES = (None, None, "Europe/London", "Pacific/Honolulu", "Mars/Crater", "Australia/Lord_Howe")
CHANNELS = ("phone", "email", "ads")
CONTACT_HOURS: list[Row] = [
    {"contact_channel": "phone", "country_code": None, "opens_at": "09:00", "closes_at": "17:00"},
    {"contact_channel": "phone", "country_code": "FR", "opens_at": "10:00", "closes_at": "12:30"},
    {"contact_channel": "email", "country_code": None, "opens_at": "07:30", "closes_at": "20:00"},
]


@pytest.fixture
def models(sample: tuple[Warehouse, RunResult], tmp_path: Path) -> Iterator[Models]:
    with Models(tmp_path, sample[0].folder / "target") as models:
        yield models


def fill(models: Models, random: Random, clock: date, leads: int) -> dict[str, Row]:
    """Leads of any country, zone and consent, by lead; all actions fit them all."""
    drawn: list[Row] = [
        {
            "lead_id": f"l{number}",
            "country": random.choice((*ZONES, None, "Atlantis")),
            "time_zone": random.choice(OWN_ZONES),
            "has_objected": random.random() < 0.05,
            "is_current": True,
            "touches": random.choice((0, 1, 2, 3, 4)),
            "open": [name for name in CHANNELS if random.random() < 0.5],
        }
        for number in range(leads)
    ]
    for lead in drawn:
        lead["time_zone"] = lead["time_zone"] or ZONES.get(str(lead["country"]))
    models.table(
        "intermediate.int_lead_profiles", drawn,
        lead_id="varchar", country="varchar", time_zone="varchar", has_objected="boolean",
        is_current="boolean",
    )  # fmt: skip
    situations: list[Row] = [
        {
            **lead,
            "stage": random.choice(("lead", "mql", "customer")),
            "band": "hot",
            "score": 50,
            "band_action": "Write",
            "is_held_out": random.random() < 0.1,
            "engaged_on": clock,
            "last_event_keys": "any_engagement",
            "silent_days": 20,
        }
        for lead in drawn
    ]
    models.table(
        "intermediate.int_lead_situations", situations,
        lead_id="varchar", stage="varchar", band="varchar", score="decimal(18,4)",
        band_action="varchar", is_held_out="boolean", engaged_on="date", last_event_keys="varchar",
        silent_days="bigint", touches="bigint",
    )  # fmt: skip
    permissions: list[Row] = [
        {
            "lead_id": lead["lead_id"],
            "contact_channel": name,
            "may_contact": name in str(lead["open"]),
        }
        for lead in drawn
        for name in CHANNELS
    ]
    models.table(
        "intermediate.int_lead_consents", permissions,
        lead_id="varchar", contact_channel="varchar", may_contact="boolean",
    )  # fmt: skip
    models.table("intermediate.int_clock", [{"clock_date": clock}], clock_date="date")
    countries: list[Row] = [
        {"country_code": code, "time_zone": zone} for code, zone in ZONES.items()
    ]
    models.table("seeds.countries", countries, country_code="varchar", time_zone="varchar")
    consents: list[Row] = [{"contact_channel": name} for name in CHANNELS]
    models.table("seeds.contact_consent", consents, contact_channel="varchar")
    models.table(
        "seeds.contact_hours", CONTACT_HOURS,
        contact_channel="varchar", country_code="varchar", opens_at="varchar", closes_at="varchar",
    )  # fmt: skip
    actions: list[Row] = [
        {"action_order": 1, "stage": "customer", "channels": None, "action": None},
        {"action_order": 2, "stage": None, "channels": "phone|email", "action": "Call"},
        {"action_order": 3, "stage": None, "channels": "ads", "action": None},
    ]
    models.table(
        "seeds.next_actions",
        [{**dict.fromkeys(ACTION), **row, "reason": "why"} for row in actions], **ACTION,
    )  # fmt: skip
    scores: list[Row] = [
        {"lead_id": lead["lead_id"], "score_rank": n} for n, lead in enumerate(drawn, 1)
    ]
    models.table("marts.lead_score", scores, lead_id="varchar", score_rank="bigint")
    models.table("marts.lead_assignments", [], lead_id="varchar", rep_id="varchar")
    return {str(row["lead_id"]): row for row in situations}


ACTION = {
    "action_id": "varchar", "action_order": "integer", "action": "varchar", "channels": "varchar",
    "stage": "varchar", "band": "varchar", "min_score": "decimal(18,4)",
    "last_event_key": "varchar", "within_days": "integer", "silent_days": "integer",
    "reason": "varchar",
}  # fmt: skip


def check(row: Row, lead: Row, clock: date) -> None:
    """A lead of the queue may be contacted by that channel, each minute of the hours named."""
    assert str(row["channel"]) in str(lead["open"]) and not lead["has_objected"]
    assert int(str(lead["touches"])) < 3 and lead["stage"] != "customer"
    begin, end = row["contact_from_at"], row["contact_until_at"]
    assert isinstance(begin, datetime) and isinstance(end, datetime) and begin < end
    assert begin >= datetime.combine(clock + timedelta(days=1), time())
    if row["channel"] == "ads":
        return
    own = str(lead["time_zone"])
    zone = own if lead["time_zone"] and own != "Mars/Crater" else ZONES[str(lead["country"])]
    local = [moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for moment in (begin, end)]
    opens, closes = {
        ("phone", True): ("10:00", "12:30"),
        ("phone", False): ("09:00", "17:00"),
    }.get((str(row["channel"]), lead["country"] == "FR"), ("07:30", "20:00"))
    assert [f"{moment:%H:%M}" for moment in local] == [opens, closes]
    day = local[0].date()
    assert day == row["queue_date"] == local[1].date()
    weekend = {4, 5} if lead["country"] == "SA" else {5, 6}
    assert day.weekday() not in weekend
    if lead["country"] in ZONES:
        assert day not in holidays.country_holidays(str(lead["country"]), years=day.year)


@pytest.mark.parametrize(
    "clock", ["2024-12-24", "2025-03-29", "2025-04-17", "2025-06-05", "2025-10-31", "2025-12-31"]
)
def test_every_lead_in_the_queue_may_be_contacted_there_then(models: Models, clock: str) -> None:
    """Around Christmas, both changes of the clocks, Easter, Eid and New Year."""
    day = date.fromisoformat(clock)
    leads = fill(models, Random(clock), day, 3000)
    models.run("intermediate/sales/int_contact_hours")
    models.run("intermediate/sales/int_next_steps")
    models.run("marts/sales/nurture_queue")
    queue = models.rows("from marts.nurture_queue")
    assert len({row["lead_id"] for row in queue}) == len(queue) > 500
    for row in queue:
        check(row, leads[str(row["lead_id"])], day)
    # Nobody who could be reached is left out.
    queued = {str(row["lead_id"]) for row in queue}
    for name, lead in leads.items():
        is_dated = lead["time_zone"] not in (None, "Mars/Crater") or lead["country"] in ZONES
        may = "ads" in str(lead["open"]) or (is_dated and lead["open"])
        if lead["stage"] != "customer" and not lead["has_objected"] and may:
            assert (name in queued) == (int(str(lead["touches"])) < 3), lead
