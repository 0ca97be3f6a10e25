"""Files as they arrive in a day, made up at random: of every entity that scores depend on.

Nothing in them is later than the clock, and no lead is lost sight of: what is new goes by numbers.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

Row = dict[str, object]

EVENTS = (
    *("page_visit", "email_open", "email_click", "content_download", "demo_request"),
    *("meeting_booked", "trial_start", "email_unsubscribe", "call_connected", "form_submit"),
)


@dataclass
class Day:
    """What is known on the day of the clock, and what is added to it by each file."""

    draw: random.Random
    clock: date
    leads: list[str]
    accounts: list[str]
    deals: list[str]
    emails: list[str]
    made: int = 0
    events: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, warehouse: Path, seed: int) -> "Day":
        """The day on which a warehouse stands."""
        with duckdb.connect(str(warehouse), read_only=True) as connection:

            def column(query: str) -> list[str]:
                return [value for (value,) in connection.sql(query).fetchall()]

            ((clock,),) = connection.sql("select clock_date from marts.run_info").fetchall()
            return cls(
                random.Random(seed),
                clock,
                column("select distinct lead_id from raw.leads order by all"),
                column("select distinct account_id from raw.accounts order by all"),
                column("select distinct opportunity_id from raw.opportunities order by all"),
                column("select distinct email from raw.leads where email is not null order by all"),
            )

    def files(self, folder: Path, count: int) -> Iterator[Path]:
        """So many files, each written when it is asked for."""
        folder.mkdir(parents=True, exist_ok=True)
        kinds = (
            *(["lead_events"] * 6 + ["leads"] * 4),
            *("lead_aliases", "accounts", "opportunities", "opportunities", "opportunity_leads"),
            *("opportunity_stages", "payments", "lead_feedback", "reps"),
        )
        for number in range(count):
            kind = kinds[number] if number < len(kinds) else self.draw.choice(kinds)
            rows = [getattr(self, f"_{kind}")() for _ in range(self.draw.randrange(1, 6))]
            file = folder / f"{kind}.{number:03}.csv"
            columns = sorted({column for row in rows for column in row})
            with file.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
            yield file

    def _new(self, kind: str) -> str:
        self.made += 1
        return f"news-{kind}-{self.made}"

    def _some(self, known: list[str]) -> str:
        """One of what is known, what came in last more often."""
        return self.draw.choice(known[-20:] if self.draw.random() < 0.5 else known)

    def _at(self, most_days: int = 40) -> str:
        """A time up to so many days before the clock's end, on its own day mostly."""
        days = 0 if self.draw.random() < 0.6 else self.draw.randrange(most_days)
        day = self.clock - timedelta(days)
        return f"{day}T{self.draw.randrange(24):02}:{self.draw.randrange(60):02}:00Z"

    def _lead_events(self) -> Row:
        if self.events and self.draw.random() < 0.2:  # said anew: gone, or somebody else's
            said = dict(self.draw.choice(self.events)) | {"updated_at": self._at()}
            if self.draw.random() < 0.5:
                return said | {"is_deleted": "true"}
            return said | {"lead_id": self._some(self.leads)}
        nobody = self.draw.random() < 0.05
        row: Row = {
            "event_id": self._new("event"),
            "lead_id": self._new("nobody") if nobody else self._some(self.leads),
            "event_type": self.draw.choice(EVENTS),
            "occurred_at": self._at(),
            "page_url": self.draw.choice(["", "/pricing", "/docs"]),
        }
        self.events.append(row)
        return row

    def _leads(self) -> Row:
        common: Row = {
            "created_at": self._at(),
            "updated_at": self._at(3),
            "email": self._some(self.emails),
            "job_title": self.draw.choice(["CEO", "Head of IT", "Student", ""]),
            "employee_count": self.draw.choice([5, 80, 3000]),
            "country": self.draw.choice(["DE", "US", "France", "Atlantis"]),
            "lead_source": self.draw.choice(["webinar", "Referral", "a new source"]),
            "consent_status": self.draw.choice(["given", "withdrawn", "objected", "", "hm"]),
            "is_deleted": "true" if self.draw.random() < 0.1 else "",
            "merged_into_lead_id": self._some(self.leads) if self.draw.random() < 0.15 else "",
            "account_id": self._some(self.accounts) if self.draw.random() < 0.5 else "",
        }
        if self.draw.random() < 0.4:
            return common | {"lead_id": self._some(self.leads)}
        lead_id = self._new("lead")
        if self.draw.random() < 0.7:
            email = f"{lead_id}@{self.draw.choice(['news.example', 'gmail.com'])}"
            common["email"] = email
            self.emails.append(email)
        self.leads.append(lead_id)
        return common | {"lead_id": lead_id}

    def _lead_aliases(self) -> Row:
        alias = self._new("alias") if self.draw.random() < 0.7 else self._some(self.leads)
        return {"alias_id": alias, "lead_id": self._some(self.leads), "kind": "visitor"}

    def _accounts(self) -> Row:
        if self.draw.random() < 0.5:
            self.accounts.append(self._new("account"))
        return {
            "account_id": self._some(self.accounts),
            "updated_at": self._at(3),
            "domain": self.draw.choice(["news.example", self._some(self.emails).split("@")[-1]]),
            "industry": self.draw.choice(["Software", "Retail"]),
            "employee_count": self.draw.choice([5, 3000]),
            "is_deleted": "true" if self.draw.random() < 0.1 else "",
        }

    def _opportunities(self) -> Row:
        if self.draw.random() < 0.6:
            self.deals.append(self._new("deal"))
        state = self.draw.choice([("open", ""), ("won", "true"), ("lost", "false")])
        by_account = self.draw.random() < 0.4
        return {
            "opportunity_id": self._some(self.deals),
            "created_at": self._at(),
            "updated_at": self._at(3),
            "stage": state[0],
            "is_won": state[1],
            "closed_at": self._at(2) if state[1] else "",
            "amount": self.draw.randrange(100, 9000),
            "lead_id": "" if by_account else self._some(self.leads),
            "account_id": self._some(self.accounts) if by_account else "",
            "same_as_opportunity_id": self._some(self.deals) if self.draw.random() < 0.1 else "",
            "is_deleted": "true" if self.draw.random() < 0.1 else "",
        }

    def _opportunity_leads(self) -> Row:
        return {
            "opportunity_id": self._some(self.deals),
            "lead_id": self._some(self.leads),
            "is_primary": self.draw.choice(["true", "false"]),
            "is_deleted": "true" if self.draw.random() < 0.2 else "",
        }

    def _opportunity_stages(self) -> Row:
        return {
            "opportunity_id": self._some(self.deals),
            "stage": self.draw.choice(["proposal", "negotiation"]),
            "entered_at": self._at(5),
        }

    def _payments(self) -> Row:
        return {
            "payment_id": self._new("payment"),
            "lead_id": self._some(self.leads),
            "paid_at": self._at(),
            "amount": self.draw.choice([50, 100, -20]),
        }

    def _lead_feedback(self) -> Row:
        return {
            "feedback_id": self._new("feedback"),
            "lead_id": self._some(self.leads),
            "given_at": self._at(3),
            "verdict": self.draw.choice(["accepted", "rejected"]),
        }

    def _reps(self) -> Row:
        return {
            "rep_id": self._new("rep") if self.draw.random() < 0.5 else "rep_1",
            "region": self.draw.choice(["Europe", "Americas", ""]),
            "capacity": self.draw.choice([3, 40]),
            "weight": 1,
            "is_active": self.draw.choice(["true", "true", "false"]),
        }
