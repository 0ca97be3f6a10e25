"""What falls through, worked out of landed rows in plain Python, from docs/sales.md alone.

It shares no SQL with the models. Money is Decimal: each value is rounded once, half up to the cent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

DAY = timedelta(days=1)
AGREED = timedelta(hours=72)
IDLE_DAYS, OUTCOME_DAYS = 14, 90
EXACT = Context(prec=60)
GRAVEST_FIRST = (
    "hot_never_contacted",
    "sql_not_contacted",
    "deal_of_nobody",
    "deal_idle",
    "no_active_owner",
    "lost_came_back",
)

Leak = tuple[str, str, str]
"""Kind, type of record and its id."""


@dataclass
class Person:
    """A person, under its surviving lead. `may_be_called`: but for its deals and payments."""

    created: datetime
    owner: str | None = None
    may_be_called: bool = True
    is_hot: bool = False
    mql_at: datetime | None = None
    accepted: list[datetime] = field(default_factory=list)
    meetings: list[datetime] = field(default_factory=list)
    recycled: list[datetime] = field(default_factory=list)
    contacts: list[datetime] = field(default_factory=list)
    engaged: list[date] = field(default_factory=list)
    paid: list[datetime] = field(default_factory=list)


@dataclass
class Deal:
    """A deal with its primary person, all its people, and the amount in the currency of reports."""

    created: datetime
    person: str | None
    people: set[str]
    closed: datetime | None
    is_won: bool | None
    amount: Decimal | None
    owner: str | None
    stages: list[datetime] = field(default_factory=list)

    @property
    def status(self) -> str:
        if self.closed is None or self.is_won is None:
            return "open"
        return "won" if self.is_won else "lost"


@dataclass
class Books:
    """All that is known at the end of the clock's day. `active_reps` is None without any rep."""

    clock: date
    people: Mapping[str, Person]
    deals: Mapping[str, Deal]
    active_reps: set[str] | None
    lead_rows_set_aside: int = 0
    deal_rows_set_aside: int = 0

    def of(self, name: str, status: str) -> list[Deal]:
        """The deals of a status that count for a person."""
        return [d for d in self.deals.values() if d.person == name and d.status == status]

    def sql_at(self, person: Person) -> datetime | None:
        booked = [max(at, person.created) for at in person.meetings]
        return min([*booked, *person.accepted], default=None)

    def customer_at(self, name: str) -> datetime | None:
        won = [deal.closed for deal in self.of(name, "won") if deal.closed]
        return min(won or self.people[name].paid, default=None)

    # ------------------------------------------------------------ what a record is worth

    def mean_deal(self) -> Decimal | None:
        """Mean of the won deals that have an amount, to the cent."""
        won = [d.amount for d in self.deals.values() if d.status == "won" and d.amount is not None]
        if not won:
            return None
        return cents(EXACT.divide(sum(map(cents, won), Decimal(0)), Decimal(len(won))))

    def rate(self, stage: str, is_late: bool = False) -> Decimal | None:
        """The share that became customers in 90 days; late, in 90 more of those that did not.

        Of those that have had the days.
        """
        if stage == "opportunity":
            closed = [deal.status for deal in self.deals.values() if deal.status != "open"]
            return share(closed.count("won"), len(closed))
        reached = converted = 0
        for name, person in self.people.items():
            at = {"lead": person.created, "mql": person.mql_at, "sql": self.sql_at(person)}[stage]
            bought = self.customer_at(name)
            if at is None:
                continue
            begin = at.date() + OUTCOME_DAYS * DAY
            end = begin + OUTCOME_DAYS * DAY if is_late else begin
            if end > self.clock or (is_late and bought and bought.date() <= begin):
                continue
            reached += 1
            converted += bought is not None and bought.date() <= end
        return share(converted, reached)

    def worth(
        self, stage: str, amount: Decimal | None = None, is_late: bool = False
    ) -> Decimal | None:
        """Amount, else the mean, × the share of the stage."""
        amount = self.mean_deal() if amount is None else amount
        rate = self.rate(stage, is_late)
        return None if amount is None or rate is None else cents(EXACT.multiply(amount, rate))

    # ------------------------------------------------------------ what leaks

    def is_gone(self, owner: str | None) -> bool:
        if owner is None:
            return True
        return self.active_reps is not None and owner not in self.active_reps

    def deal_leaks(self, deal: Deal) -> set[str]:
        """How an open deal falls through."""
        owner = deal.owner or (self.people[deal.person].owner if deal.person else None)
        found = {"no_active_owner"} if self.is_gone(owner) else set()
        if deal.person is None:
            return found | {"deal_of_nobody"}
        days = [deal.created.date()]
        for name in deal.people:
            days += self.people[name].engaged
            days += [at.date() for at in self.people[name].contacts]
            for other in self.deals.values():
                if other.person == name:
                    days += [at.date() for at in (other.created, *other.stages)]
        last = max(day for day in days if day <= self.clock)
        return found | ({"deal_idle"} if last + IDLE_DAYS * DAY <= self.clock else set())

    def lead_leaks(self, name: str) -> tuple[str, set[str]] | None:
        """Stage and leaks of a person that sales has in hand; None of others."""
        person = self.people[name]
        if not person.may_be_called or self.customer_at(name) or self.of(name, "open"):
            return None
        found = {"no_active_owner"} if self.is_gone(person.owner) else set()
        lost = max((deal.closed for deal in self.of(name, "lost") if deal.closed), default=None)
        recycled = max((max(at, person.created) for at in person.recycled), default=None)
        if lost and not (recycled and recycled > lost):
            if max(person.engaged, default=lost.date()) > lost.date():
                return "lead", found | {"lost_came_back"}
            return None
        sql_at = self.sql_at(person)
        if not (sql_at or person.mql_at or person.is_hot):
            return None
        if person.is_hot and not person.contacts:
            found.add("hot_never_contacted")
        end = datetime.combine(self.clock + DAY, datetime.min.time())
        if sql_at and end - sql_at >= AGREED and not [at for at in person.contacts if at >= sql_at]:
            found.add("sql_not_contacted")
        return "sql" if sql_at else "mql", found

    def pipeline(self) -> Iterable[tuple[str, str, Decimal | None, set[str]]]:
        """Type, id, worth and leaks of each record that sales has in hand."""
        for deal_id, deal in self.deals.items():
            if deal.status == "open":
                worth = self.worth("opportunity", deal.amount)
                yield "opportunity", deal_id, worth, self.deal_leaks(deal)
        worths = {
            (stage, is_late): self.worth(stage, is_late=is_late)
            for stage in ("lead", "mql", "sql")
            for is_late in (False, True)
        }
        for name, person in self.people.items():
            if held := self.lead_leaks(name):
                stage, leaks = held
                since = self.sql_at(person) or person.mql_at or person.created
                is_over = since.date() + OUTCOME_DAYS * DAY <= self.clock
                yield "lead", name, worths[stage, is_over and stage != "lead"], leaks

    def leaks(self) -> dict[Leak, tuple[Decimal | None, Decimal | None]]:
        """The full and the counted value of each leak of the pipeline."""
        found: dict[Leak, tuple[Decimal | None, Decimal | None]] = {}
        for kind, record_id, worth, leaks in self.pipeline():
            for place, leak in enumerate(sorted(leaks, key=GRAVEST_FIRST.index)):
                found[leak, kind, record_id] = (worth, worth if place == 0 else Decimal(0))
        return found

    def total(self) -> Decimal:
        """What is at stake in all, the rows set aside too."""
        counted = [value for _, value in self.leaks().values() if value is not None]
        rows = self.lead_rows_set_aside * (self.worth("lead") or Decimal(0))
        rows += self.deal_rows_set_aside * (self.worth("opportunity") or Decimal(0))
        return sum(counted, rows)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def share(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return EXACT.divide(Decimal(part), Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
