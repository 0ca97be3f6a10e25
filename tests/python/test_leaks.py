"""What falls through, in money: the marts against a recomputation from what was landed.

`tests/books.py` works it out in plain Python. Of the marts it takes what has tests of its own: who
got which lead, and of the sample the bands and whether sales may call but for deals and payments.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pandas as pd
import pytest

from scripts.run import RunResult
from scripts.shared.paths import PROJECT
from tests.books import AGREED, DAY, IDLE_DAYS, Books, Deal, Person
from tests.python import test_kpis_recomputed as files
from tests.python.conftest import Warehouse
from tests.warehouse import add, build

CLOCK = date(2025, 6, 30)
Cells = dict[str, object]


def compare(connection: duckdb.DuckDBPyConnection, books: Books) -> None:
    """Every leak, every worth and the totals, to the cent."""
    given = "select lead_id, rep_id from marts.lead_assignments where rep_id is not null"
    for name, rep_id in connection.sql(given).fetchall():
        books.people[name].owner = rep_id
    stages = connection.sql("select stage, is_late, expected_value from marts.stage_value")
    worths = {(stage, is_late): worth for stage, is_late, worth in stages.fetchall()}
    assert worths == {(stage, late): books.worth(stage, is_late=late) for stage, late in worths}
    assert len(worths) == 7
    pipeline = {(kind, name): worth for kind, name, worth, _ in books.pipeline()}
    held = "select record_type, record_id, expected_value from marts.open_pipeline"
    assert {(kind, name): v for kind, name, v in connection.sql(held).fetchall()} == pipeline
    leaks = connection.sql(
        """select leak, record_type, record_id, value_at_stake, counted_value
        from marts.lead_leaks where leak <> 'row_set_aside'"""
    ).fetchall()
    assert {(a, b, c): (full, counted) for a, b, c, full, counted in leaks} == books.leaks()
    ((total,),) = connection.sql(
        "select coalesce(sum(counted_value), 0) from marts.lead_leaks"
    ).fetchall()
    assert total == books.total()


# ---------------------------------------------------------------- the sample


@pytest.fixture(scope="module")
def sample_books(sample: tuple[Warehouse, RunResult]) -> Books:
    """The files of the sample."""
    persons, survivor = files.people()
    said = sample[0].query(
        """select lead_id, lead_score.band in ('hot', 'sales_ready'),
            coalesce(may_contact, false) and not is_disqualified and not is_junk
        from marts.lead_score inner join marts.lead_score_by_model using (lead_id, score_model)
        left join marts.lead_contact_permission using (lead_id)
        where coalesce(contact_channel, 'phone') = 'phone'"""
    )
    hot = {str(name): bool(is_hot) for name, is_hot, _ in said}
    may = {str(name): bool(may_be) for name, _, may_be in said}
    mql = sample[0].query(
        """select lead_id, min(valid_from) from marts.lead_score_history
        where score_model = 'standard' and band in ('hot', 'sales_ready') group by lead_id"""
    )
    current = files.lead_versions().groupby("lead_id").last()
    owners = current.assign(person=current.index.map(survivor)).sort_values("updated_at")
    owner_of: dict[str, str] = {}
    for row in records(owners):
        if isinstance(row.owner_id, str) and owner_of.get(row.person) is None:
            owner_of[row.person] = row.owner_id
    people = {
        str(name): Person(
            row.leads.to_pydatetime(),
            owner_of.get(str(name)),
            may.get(str(name), False),
            hot.get(str(name), False),
        )
        for name, row in persons.iterrows()
    }
    for name, day in mql:
        at = datetime.combine(day, datetime.min.time())  # type: ignore[arg-type]
        people[str(name)].mql_at = max(at, people[str(name)].created)
    _add_events(people, survivor)
    reps = files.table("reps")
    active = {*reps[reps.is_active != "false"].rep_id}
    return Books(CLOCK, people, _deals(survivor), active, lead_rows_set_aside=_bad_leads())


def records(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, with `Index`."""
    return list(table.itertuples())


def _add_events(people: dict[str, Person], survivor: dict[str, str]) -> None:
    """What the people of the sample did."""
    keys = pd.read_csv(PROJECT / "seeds/mapping/event_keys.csv", dtype=str, keep_default_na=False)
    plain = (keys.page_glob == "") & (keys.property == "") & (keys.min_duration_seconds == "")
    engaging = {
        *keys[plain & (keys.follows_event_key == "") & (keys.is_engagement == "yes")].event_type
    }
    for row in records(files.lead_events(survivor)):
        person, at = people[row.person], row.occurred_at.to_pydatetime()
        if row.event_type in engaging:
            person.engaged.append(at.date())
        if row.event_type == "call_connected":
            person.contacts.append(at)
        if row.event_type == "meeting_booked":
            person.meetings.append(at)
    feedback = pd.read_json(files.FILES / "lead_feedback.jsonl", lines=True, dtype=False)
    accepted = feedback[feedback.verdict == "accepted"]
    for lead, at in zip(accepted.lead_id, files.time(accepted.given_at), strict=True):
        if lead in survivor:
            people[survivor[lead]].accepted.append(at.to_pydatetime())
    for row in records(files.payments_of(survivor)):
        if row.amount > 0:
            people[row.person].paid.append(row.paid_at.to_pydatetime())


def _deals(survivor: dict[str, str]) -> dict[str, Deal]:
    """The deals of the sample: each names its lead."""
    stages, others = defaultdict(list), defaultdict(set)
    entered = files.table("opportunity_stages")
    for deal, at in zip(entered.opportunity_id, files.time(entered.entered_at), strict=True):
        stages[deal].append(at.to_pydatetime())
    for row in records(files.table("opportunity_leads")):
        others[row.opportunity_id].add(survivor[row.lead_id])
    deals = {}
    for row in records(files.table("opportunities")):
        person = survivor[row.lead_id]
        deals[str(row.opportunity_id)] = Deal(
            pd.Timestamp(row.created_at).to_pydatetime().replace(tzinfo=None),
            person,
            others[row.opportunity_id] | {person},
            None
            if pd.isna(row.closed_at)
            else pd.Timestamp(row.closed_at).to_pydatetime().replace(tzinfo=None),
            None if pd.isna(row.is_won) else row.is_won == "true",
            None if pd.isna(row.amount) else Decimal(row.amount),
            None if pd.isna(row.owner_id) else row.owner_id,
            stages[row.opportunity_id],
        )
    return deals


def _bad_leads() -> int:
    """Rows of leads without an id or a time of creation that can be read."""
    leads = files.table("leads")
    return int((leads.lead_id.isna() | files.time(leads.created_at).isna()).sum())


def test_the_leaks_of_the_sample_equal_their_recomputation(
    sample: tuple[Warehouse, RunResult], sample_books: Books
) -> None:
    with duckdb.connect(str(sample[1].published.file), read_only=True) as published:
        compare(published, sample_books)
    assert len({leak for leak, _, _ in sample_books.leaks()}) >= 4
    assert sample_books.lead_rows_set_aside == 3 and sample_books.total() > 100_000


# ---------------------------------------------------------------- small random worlds

POINTS: dict[str, list[Cells]] = {
    "score_models": [
        {"score_model": "m", "role": "champion", "min_score": "0", "max_score": "100"}
    ],
    "score_groups": [{"score_model": "m", "score_group": "all", "kind": "engagement"}],
    "score_bands": [
        {"score_model": "m", "band": "cold", "band_order": "1"},
        {"score_model": "m", "band": "hot", "band_order": "2", "lower_bound": "20"},
        {"score_model": "m", "band": "sales_ready", "band_order": "3", "lower_bound": "40"},
    ],
    "event_points": [
        {
            "score_model": "m",
            "rule_id": "demo",
            "score_group": "all",
            "event_key": "demo_request",
            "points": "20",
        }
    ],
    "exchange_rates": [
        {"rate_date": "2023-01-01", "from_currency": one, "to_currency": other, "rate": rate}
        for one, other, rate in (("USD", "EUR", "0.8765"), ("EUR", "USD", "1.14"))
    ],
    **{
        name: []
        for name in (
            "attribute_points",
            "inactivity_points",
            "golden_leads",
            "grade_bounds",
            "grade_matrix",
        )
    },
}
ENGAGING = ("page_visit", "demo_request", "meeting_booked", "call_connected", "email_reply")
OTHER = ("email_sent", "lead_recycled")


class World:
    """Raw rows made up at random, and the books of the same, written down beside them."""

    def __init__(self, seed: int, people: int) -> None:
        self.random = Random(seed)
        self.raw: dict[str, list[Cells]] = defaultdict(list)
        self.people: dict[str, Person] = {}
        self.deals: dict[str, Deal] = {}
        reps = {"here", "also"} if seed % 2 else None
        if reps:
            self.raw["reps"] += [{"rep_id": "here"}, {"rep_id": "also", "is_active": True}]
            self.raw["reps"].append({"rep_id": "gone", "is_active": False})
        for number in range(people):
            self._person(f"p{number:03}")
        for number in range(people):
            lead: str | None = self.random.choice(list(self.people))
            if self.chance(0.15):
                lead = self.random.choice([None, "stranger"])
            self._deal(f"d{number:03}", lead)
        rows = (self.random.randint(0, 3), self.random.randint(0, 3))
        self.books = Books(CLOCK, self.people, self.deals, reps, *rows)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def moment(self, since: datetime) -> datetime:
        """Often lately, or at an edge: 72 hours before the end of the clock's day, 14 days."""
        end = datetime.combine(CLOCK + DAY, datetime.min.time())
        edges = [end - AGREED, end - AGREED + timedelta(seconds=1), end - (IDLE_DAYS + 1) * DAY]
        edges += [end - IDLE_DAYS * DAY, end - timedelta(seconds=1)]
        if self.chance(0.15):
            return max(since, self.random.choice(edges))
        span = int((end - since).total_seconds()) - 1
        return since + timedelta(seconds=int(span * self.random.random() ** 0.7))

    def _person(self, name: str) -> None:
        """A person with one lead, or two that were merged; what the second did is the first's."""
        created = datetime(2024, 9, 1) + timedelta(hours=self.random.randrange(24 * 302))
        owner = self.random.choice([None, "here", "also", "gone", "nobody we know"])
        person = Person(created, owner, may_be_called=self.chance(0.85))
        lead: Cells = {"lead_id": name, "created_at": str(created), "owner_id": owner}
        lead |= {"consent_status": "given" if person.may_be_called else "withdrawn"}
        self.raw["leads"].append(lead)
        leads = [name]
        if self.chance(0.2):
            leads.append(f"{name}-twin")
            twin: Cells = {
                "lead_id": leads[1],
                "merged_into_lead_id": name,
                "consent_status": "given",
            }
            self.raw["leads"].append({**twin, "created_at": str(created + timedelta(hours=1))})
        demos = []
        for number in range(self.random.choice([0, 1, 2, 4, 7])):
            kind = self.random.choice([*ENGAGING, *ENGAGING, *OTHER])
            at = self.moment(created)
            event: Cells = {"event_id": f"{name}-{number}", "event_type": kind}
            of: Cells = {"lead_id": self.random.choice(leads), "occurred_at": str(at)}
            self.raw["lead_events"].append(event | of)
            person.engaged += [at.date()] if kind in ENGAGING else []
            person.contacts += [at] if kind == "call_connected" else []
            person.meetings += [at] if kind == "meeting_booked" else []
            person.recycled += [at] if kind == "lead_recycled" else []
            demos += [at] if kind == "demo_request" else []
        if demos:
            day = datetime.combine(min(demos).date(), datetime.min.time())
            person.is_hot, person.mql_at = True, max(created, day)
        if self.chance(0.3):
            given = self.moment(created)
            verdict = self.random.choice(["accepted", "rejected"])
            person.accepted += [given] if verdict == "accepted" else []
            said: Cells = {"feedback_id": f"f-{name}", "lead_id": leads[-1], "verdict": verdict}
            self.raw["lead_feedback"].append({**said, "given_at": str(given)})
        if self.chance(0.1):
            paid = self.moment(created)
            person.paid.append(paid)
            money: Cells = {"payment_id": f"m-{name}", "lead_id": name, "amount": "10.01"}
            self.raw["payments"].append({**money, "currency": "EUR", "paid_at": str(paid)})
        self.people[name] = person

    def _deal(self, deal_id: str, lead: str | None) -> None:
        """A deal in euros or dollars, perhaps without an amount, of a person, several or nobody."""
        person = lead if lead in self.people else None
        created = self.moment(self.people[person].created if person else datetime(2024, 10, 1))
        cents = None if self.chance(0.2) else self.random.choice([0, 5, 12345, 99, 1050, 777777])
        currency, owner = (
            self.random.choice(["EUR", "USD"]),
            self.random.choice([None, "here", "gone"]),
        )
        row: Cells = {"opportunity_id": deal_id, "lead_id": lead, "created_at": str(created)}
        row |= {"stage": "talks", "currency": currency, "owner_id": owner}
        amount = None if cents is None else Decimal(cents) / 100
        if amount is not None:
            row |= {"amount": str(amount)}
            amount *= Decimal("0.8765") if currency == "USD" else Decimal(1)
            amount = amount.quantize(Decimal("0.0001"), "ROUND_HALF_UP")
        deal = Deal(created, person, {person} if person else set(), None, None, amount, owner)
        if self.chance(0.6):
            deal.closed, deal.is_won = self.moment(created), self.chance(0.4)
            row |= {"closed_at": str(deal.closed), "is_won": deal.is_won}
        elif self.chance(0.2):
            deal.is_won = False
            row |= {"is_won": False}
        self.raw["opportunities"].append(row)
        if self.chance(0.4):
            entered = self.moment(created)
            deal.stages.append(entered)
            stage: Cells = {"opportunity_id": deal_id, "stage": "proposal"}
            self.raw["opportunity_stages"].append({**stage, "entered_at": str(entered)})
        if self.chance(0.3):
            other = self.random.choice(list(self.people))
            deal.people.add(other)
            deal.person = deal.person or other
            part: Cells = {"opportunity_id": deal_id, "lead_id": other, "is_primary": True}
            self.raw["opportunity_leads"].append(part)
        self.deals[deal_id] = deal

    def set_aside(self, file: Path) -> None:
        """Notes rows as landing does: of a file's last landing, and of one before."""
        with duckdb.connect(str(file)) as connection:
            for entity, rows in (
                ("leads", self.books.lead_rows_set_aside),
                ("opportunities", self.books.deal_rows_set_aside),
                ("payments", 2),
            ):
                for landing in (1, 2):
                    connection.execute(
                        "insert into raw.landings (landing_id, file, entity) values ($1, $2, $3)",
                        [landing, f"{entity}.csv", entity],
                    )
                for line in range(rows):
                    connection.execute(
                        """insert into raw.rejected_rows (landing_id, file, line, entity)
                        values (1, $1, 99, $2), (2, $1, $3, $2), (2, $1, $3, $2)""",
                        [f"{entity}.csv", entity, line],
                    )


@pytest.fixture(params=[1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 9))])
def world(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[duckdb.DuckDBPyConnection, World]]:
    made = World(request.param, 150)
    add(tmp_path, made.raw)
    made.set_aside(tmp_path / "leads.duckdb")
    select, options = ["+lead_leaks"], {"as_of": str(CLOCK), "reporting_currency": "EUR"}
    with build(tmp_path, {}, POINTS, select, **options) as connection:
        yield connection, made


def test_the_leaks_of_a_random_world_equal_their_recomputation(
    world: tuple[duckdb.DuckDBPyConnection, World],
) -> None:
    compare(world[0], world[1].books)
    assert len({leak for leak, _, _ in world[1].books.leaks()}) == 6
