"""Generated leads and scoring models: everything that the point tables allow, near its edges.

A universe is a pure function of its seed. Its leads live around 29 February 2024.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

Row = dict[str, object]

FIRST_DAY, CLOCK = date(2023, 12, 20), date(2024, 3, 31)

TEXTS = [
    *("Software", "SOFTWARE", "ＳＯＦＴＷＡＲＥ", "Softwäre", "Softwa\u0308re", "soft ware"),
    *("Straße", "STRASSE", "strasse", "ΟΔΟΣ", "οδος", "οδός", "ﬁnance", "Finance", "FINANCÉ"),
    *("ซอฟต์แวร์", "ซอฟต", "İstanbul", "istanbul", "ınstanbul", "한국어", "한글", "ガラス", "ｶﾞﾗｽ"),
    *("５０", "50", "50.0", "C++ & C", "a|b", "%", "_", "façade", "ÅNGSTRÖM", "Ångström"),
]
PARTS = [
    "soft",
    "SOFTW",
    "strass",
    "ß",
    "σ",
    "ς",
    "fi",
    "Ｆ",
    "ต์",
    "ı",
    "i",
    "한",
    "カ",
    "0",
    "%",
    "é",
]
NUMBERS = [
    *(
        "0",
        "5",
        "05",
        "5.0",
        "5.00000000001",
        "-3.20",
        "-3.2",
        "-0",
        "7.5",
        "100",
        "99.9999",
        "1000",
    ),
    *("5.", ".5", "1e3", "+5", "1,000", "1 000", "٥", "５", "--5", "0x5", "NaN", "inf", " 5"),
]
EXTRAS = ["plan", "Plan Type", "usage.score", "größe"]
TITLES = [
    *("CEO", "ＣＥＯ", "Assistant to the CEO", "Vice President", "Co-Founder & CTO", "President"),
    *("Geschäftsführer", "GESCHAFTSFUHRER", "總經理", "經理", "ผู้ช่วยผู้อำนวยการ", "Painter"),
]
TITLE_KEYWORDS = [
    ("ceo", "seniority", "c_level", 2),
    ("cto", "seniority", "c_level", 2),
    ("founder", "seniority", "c_level", 3),
    ("president", "seniority", "c_level", 3),
    ("vice president", "seniority", "vp", 3),
    ("assistant", "seniority", "assistant", 1),
    ("ผู้ช่วย", "seniority", "assistant", 1),
    ("ผู้อำนวยการ", "seniority", "director", 2),
    ("總經理", "seniority", "director", 2),
    ("經理", "seniority", "manager", 2),
    ("Geschäftsführer", "seniority", "c_level", 2),
    ("cto", "department_group", "it", 1),
    ("sales", "department_group", "sales", 1),
    ("ceo", "title_role", "ceo", 1),
]
COUNTRIES = [
    "DE",
    "Germany",
    "deutschland",
    "France",
    "ＦＲ",
    "US",
    "Japan",
    "Atlantis",
    None,
    None,
]
REGIONS = ["Europe", "North America", "Asia Pacific", "Middle East and Africa"]
DOMAINS = [
    "acme.example",
    "Globex.example",
    "moved.example",
    "gmail.com",
    "mailinator.com",
    "rival.example",
]
ACCOUNT_DOMAINS = ["acme.example", "Globex.example", "moved.example", "moved.example", None]
EMAIL_DOMAINS = [
    ("gmail.com", "free"),
    ("mailinator.com", "disposable"),
    ("rival.example", "competitor"),
]
PAGES = [
    *("https://www.example.com/", "https://www.example.com/pricing", "/pricing?a=1", "/pricing/x"),
    *("/50%_off", "/50xx_off", "/Pricing", "/a!b", "/a[b]", "/blog/1\nx", None),
]

# event_key, event_type, page, property, property's glob, is_engagement, seconds, follows, within
EVENT_KEYS = [
    ("page_visit", "page_visit", "", "", "", "yes", "", "", ""),
    ("pricing", "page_visit", "*/pricing", "", "", "yes", "", "", ""),
    ("pricing", "page_visit", "*/pricing?*=*", "", "", "yes", "", "", ""),
    ("pricing", "page_visit", "*/pricing*", "", "", "yes", "", "", ""),
    ("offer", "page_visit", "*/50%_off", "", "", "no", "", "", ""),
    ("odd_page", "page_visit", "/a?b*", "", "", "no", "", "", ""),
    ("long_visit", "page_visit", "", "", "", "no", "60", "", ""),
    ("mail", "email_open", "", "", "", "yes", "", "", ""),
    ("newsletter", "email_open", "", "mail", "news*", "yes", "", "", ""),
    ("any_named_mail", "email_open", "", "mail", "", "no", "", "", ""),
    ("sent", "email_sent", "", "", "", "no", "", "", ""),
    ("demo", "demo_request", "", "", "", "yes", "", "", ""),
    ("demo_after_pricing", "demo_request", "", "", "", "yes", "", "pricing", "7"),
    ("visit_after_mail", "page_visit", "*pricing*", "", "", "no", "30", "email_open", "0"),
    ("after_anything", "page_visit", "*/50*", "", "", "no", "", "email_sent", "40"),
    ("stage_won", "opportunity_stage", "", "stage", "won*", "yes", "", "", ""),
    ("paid", "payment_made", "", "", "", "no", "", "", ""),
    ("never_seen", "webinar_attendance", "", "", "", "no", "", "", ""),
]
EVENT_TYPES = ["page_visit", "page_visit", "page_visit", "email_open", "email_sent", "demo_request"]
KEYS = [
    *("pricing", "pricing", "page_visit", "offer", "odd_page", "long_visit", "mail", "newsletter"),
    *("any_named_mail", "sent", "email_sent", "demo", "demo_request", "demo_after_pricing"),
    *(
        "visit_after_mail",
        "after_anything",
        "any_engagement",
        "any_engagement",
        "stage_won",
        "paid",
        "never_seen",
    ),
    *("opportunity_opened", "opportunity_won", "opportunity_lost", "lead_accepted"),
]

# measure, statistic, event_key, per_event_key, window_days
MEASURES = [
    ("visits_7", "count", "page_visit", "", "7"),
    ("visits_ever", "count", "page_visit", "", ""),
    ("active_days_30", "days", "any_engagement", "", "30"),
    ("seconds_14", "seconds", "page_visit", "", "14"),
    ("open_ratio", "ratio", "email_open", "email_sent", "45"),
    ("visits_a_minute", "most_per_minute", "page_visit", "", "30"),
    ("deeds_a_minute", "most_per_minute", "any_engagement", "", ""),
    ("active_colleagues", "account_leads", "page_visit", "", "30"),
]
# segment, attribute, operator, value, lower, upper, event_key, window_days
SEGMENTS = [
    ("buyers", "seniority", "in", "c_level|vp|director", "", "", "", ""),
    ("buyers", "employee_count", "at_least", "", "50", "", "", ""),
    ("hot_visitors", "", "", "", "", "", "pricing", "21"),
    ("hot_visitors", "visits_7", "at_least", "", "2", "", "", ""),
    ("quiet", "active_days_30", "at_most", "", "", "0", "", ""),
    ("demo_ever", "", "", "", "", "", "demo", ""),
    ("settled", "tenure_days", "between", "", "10", "40.5", "", ""),
    ("demo_first", "first_event_key", "in", "demo|pricing", "", "", "", ""),
    ("rich_account", "account.annual_revenue", "at_least", "", "1100000", "", "", ""),
    # Neither, so either; and a segment four levels above others, beside conditions of its own.
    ("neither", "in_segment:quiet", "equals", "no", "", "", "", ""),
    ("neither", "in_segment:settled", "equals", "No", "", "", "", ""),
    ("either", "in_segment:neither", "equals", "no", "", "", "", ""),
    ("either_recent", "in_segment:either", "in", "yes|maybe", "", "", "", ""),
    ("either_recent", "", "", "", "", "", "page_visit", "14"),
    ("either_recent", "visits_7", "at_least", "", "1", "", "", ""),
    ("not_recent", "in_segment:either_recent", "equals", "no", "", "", "", ""),
    ("not_recent", "in_segment:buyers", "is_set", "", "", "", "", ""),
]
TEXT_ATTRIBUTES = {
    "industry": TEXTS,
    "city": TEXTS,
    "seniority": ["c_level", "vp", "director", "manager", "assistant"],
    "department_group": ["it", "sales"],
    "title_role": ["ceo"],
    "country": ["DE", "FR", "US", "Atlantis"],
    "region": REGIONS,
    "channel": ["direct", "display", "Straße"],
    "lead_source": ["direct", "Banner ads", "STRASSE"],
    "email_domain": [domain.lower() for domain in DOMAINS],
    "email_domain_kind": ["business", "free", "disposable", "competitor"],
    "is_role_mailbox": ["yes", "no"],
    "employee_band": ["1-9", "10-49", "50-99", "1000+"],
    "consent_status": ["given", "withdrawn"],
    "time_zone": ["Europe/Berlin", "UTC"],
    "account_id": ["acc1", "acc2"],
    "account.industry": TEXTS,
    "account.name": TEXTS,
    "account.currency": ["USD", "EUR"],
    "phone": ["555"],
    "first_name": ["Test", "Ann"],
    "first_event_key": ["pricing", "page_visit", "mail", "offer", "demo"],
    "in_segment:buyers": ["yes", "no"],
    "in_segment:hot_visitors": ["yes", "no"],
    "in_segment:quiet": ["yes", "no"],
    "in_segment:demo_ever": ["yes", "no"],
    "in_segment:settled": ["yes", "no"],
    "in_segment:demo_first": ["yes", "no"],
    "in_segment:rich_account": ["yes", "no"],
    "in_segment:either": ["yes", "no"],
    "in_segment:not_recent": ["yes", "no"],
    "tenure_days": ["0", "7", "30"],
    "plan": [*TEXTS, *NUMBERS],
    "usage.score": NUMBERS,
    "Plan Type": TEXTS,
}
NUMBER_ATTRIBUTES = {
    "employee_count": ["1", "9", "10", "49.5", "50", "99", "100", "1000"],
    "annual_revenue": ["0", "1000000", "1100000", "990000", "0.0001", "13.5802"],
    "budget": ["0", "5000", "5500.5", "12000"],
    "account.employee_count": ["10", "50", "1000"],
    "account.annual_revenue": ["1000000", "1100000"],
    "tenure_days": ["0", "1", "29.5", "30", "45"],
    "plan": ["5", "-3.2", "7.5", "100"],
    "usage.score": ["0", "5", "5.00000000001", "-3.2", "99.9999", "1000"],
    "visits_7": ["0", "1", "2", "3"],
    "visits_ever": ["0", "1", "5"],
    "active_days_30": ["0", "1", "3"],
    "visits_a_minute": ["0", "1", "2", "3"],
    "deeds_a_minute": ["0", "1", "2", "3"],
    "active_colleagues": ["0", "1", "2", "4"],
    "seconds_14": ["0", "59.999", "60", "3600"],
    "open_ratio": ["0", "0.5", "0.333333333333", "0.333333333334", "1"],
}
POINTS = ["1", "5", "10", "2.5", "-5", "-7.25", "0.0001", "-0.0003", "3.3333", "0", "25", "-25"]
# So many points show the eighth decimal of a decay.
MANY_POINTS = "31234.5679"
BOUNDS = [-5, -2.5, 0, 0.0001, 1, 2.5, 5, 6, 9.5, 10, 20, 25, 49.9999, 50]
LIMITS = {"min_score": "-1000", "max_score": "1000"}


# What many of the texts are alike to.
ALIKE = "software|strasse|οδοσ|finance|istanbul|ガラス|50|angstrom|facade"


@dataclass
class Universe:
    """Rows of `raw` and of the seeds, and the clock."""

    raw: dict[str, list[Row]]
    seeds: dict[str, list[Row]]
    as_of: str
    reporting_currency: str = "USD"
    match_leads_by_person: bool = True


def universe(
    seed: int, leads: int, models: int, as_of: date | None = CLOCK, is_odd: bool = False
) -> Universe:
    """So many landed leads and so many models that score each of them.

    Without `as_of` some rows wait, and leads are one person by their merges alone. One that
    `is_odd` also has visitors, deals of nobody, deals that are one, and all words of consent.
    """
    random = Random(seed)
    raw = _Raw(random)
    for number in range(leads):
        raw.add_lead(f"lead{number:04}")
    raw.add_tour()
    raw.add_accounts()
    if is_odd:
        raw.add_visitors()
        raw.add_odd_deals()
        raw.add_consents()
    seeds = _mapping()
    points = _Points(random)
    for number in range(models):
        points.add_model(f"model{number:02}", "champion" if number == 0 else "challenger")
    points.add_model("switched_off", "off")
    points.add_tour()
    made = Universe(raw.rows, seeds | points.rows, as_of.isoformat() if as_of else "")
    if not as_of:
        # What is dated after its landing waits: it is not scored and does not move the clock.
        landed_at = f"{CLOCK + timedelta(days=2)}T12:00:00"
        made.raw = {
            entity: [{**row, "landed_at": landed_at} for row in rows]
            for entity, rows in made.raw.items()
        }
        made.match_leads_by_person = False
    return made


def _mapping() -> dict[str, list[Row]]:
    """The seeds that say what is what."""

    def rows(columns: str, values: list[tuple[object, ...]]) -> list[Row]:
        return [dict(zip(columns.split(), row, strict=True)) for row in values]

    return {
        "event_keys": rows(
            "event_key event_type page_glob property property_glob is_engagement"
            " min_duration_seconds follows_event_key within_days",
            list(EVENT_KEYS),
        ),
        "event_measures": rows(
            "measure statistic event_key per_event_key window_days", list(MEASURES)
        ),
        "segments": rows(
            "segment attribute operator value lower upper event_key window_days", list(SEGMENTS)
        ),
        "title_keywords": rows("keyword attribute value priority", list(TITLE_KEYWORDS)),
        "email_domains": rows("domain kind", list(EMAIL_DOMAINS)),
        "channels": rows("lead_source channel", [("direct", "direct"), ("banner ads", "display")]),
        "golden_leads": [],
        "kpi_events": rows(
            "kpi_event event_key",
            [("email_sent", "sent"), ("email_opened", "mail"), ("contact", "long_visit")],
        ),
        "lifecycle_stages": rows(
            "stage source value priority",
            [("mql", "band", "band2", "1"), ("customer", "opportunity", "won", "1")],
        ),
        "exchange_rates": rows(
            "rate_date from_currency to_currency rate",
            [("2023-01-01", "EUR", "USD", "1.1"), ("2023-01-01", "USD", "EUR", "0.9")],
        ),
    }


@dataclass
class _Raw:
    """The rows of leads and of what they did, as they are added."""

    random: Random
    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {
            entity: []
            for entity in (
                *("leads", "lead_aliases", "lead_events", "accounts", "opportunities"),
                *("opportunity_stages", "opportunity_leads", "payments", "lead_feedback"),
            )
        }
    )

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def moment(self, first: date, last: date) -> str:
        """A second of a day; often the first or last of its day, or 29 February."""
        days = max((last - first).days, 0)
        day = first + timedelta(days=self.random.randint(0, days))
        if self.chance(0.1) and first <= date(2024, 2, 29) <= last:
            day = date(2024, 2, 29)
        second = self.random.choice([0, 86399, self.random.randrange(86400)])
        return (datetime(day.year, day.month, day.day) + timedelta(seconds=second)).isoformat()

    def add_lead(self, lead_id: str) -> None:
        """A lead with its versions, events and deals."""
        created_at = self.moment(FIRST_DAY, CLOCK + timedelta(days=5))
        created = datetime.fromisoformat(created_at).date()
        lead = {"lead_id": lead_id, "created_at": created_at} | self._fields()
        if self.chance(0.6):
            lead["updated_at"] = created_at
        self._link(lead)
        self.rows["leads"].append(lead)
        for _ in range(self.random.choice([0, 0, 1, 2, 4])):
            changed = {key: value for key, value in self._fields().items() if self.chance(0.5)}
            lead = {**lead, **changed}
            lead.pop("updated_at", None)
            if self.chance(0.8):
                lead["updated_at"] = self.moment(created, CLOCK + timedelta(days=3))
            if self.chance(0.1):
                lead["updated_at"] = created_at
            if self.chance(0.2):
                before = str(self.rows["leads"][-1].get("updated_at", created_at))
                lead["updated_at"] = before.split("T")[0] + "T12:00:00"
            self.rows["leads"].append(lead)
        if self.chance(0.12):
            self._delete(lead, created)
        for number in range(self.random.choice([0, 1, 3, 8, 20])):
            self._add_event(f"{lead_id}-{number}", lead_id, created)
        if self.chance(0.2):
            self._add_deal(lead_id, created)

    def add_tour(self) -> None:
        """A person of three leads who changed one after the other, and a mailbox of two people.

        The person's deal is said to be won, doubted and said to be won twice, never with a day.
        """
        for number, (created, updated) in enumerate([(1, 9), (2, 25), (3, 17)]):
            lead: Row = {"lead_id": f"same{number}", "person_id": "same"}
            lead |= {"created_at": f"2024-02-0{created}", "updated_at": f"2024-02-0{created}"}
            self.rows["leads"].append(lead)
            changed: Row = {"updated_at": f"2024-02-{updated:02}T08:00:00"}
            if number:
                changed["industry"] = ("Straße", "soft ware")[number - 1]
            self.rows["leads"].append(lead | changed)
        for number in range(2):
            shared: Row = {"lead_id": f"shared{number}", "email": "Info@acme.example"}
            self.rows["leads"].append(shared | {"created_at": f"2024-02-1{number}"})
        for day, is_won in enumerate(["true", None, "true", "true"], start=20):
            deal: Row = {"opportunity_id": "undated", "lead_id": "same0", "stage": "open"}
            deal |= {"created_at": "2024-02-19", "updated_at": f"2024-02-{day}", "is_won": is_won}
            self.rows["opportunities"].append(deal)

    def _link(self, lead: Row) -> None:
        """Ties that make leads one person: a chain, a cycle, a person, an email."""
        others = [str(other["lead_id"]) for other in self.rows["leads"][-20:]]
        if others and self.chance(0.08):
            lead["merged_into_lead_id"] = self.random.choice([*others, "nobody"])
            if self.chance(0.1):
                self.rows["leads"][-1]["merged_into_lead_id"] = lead["lead_id"]
        if self.chance(0.12):
            lead["person_id"] = f"person{self.random.randint(1, 2)}"

    def _delete(self, lead: Row, created: date) -> None:
        deleted = {**lead, "is_deleted": True}
        deleted.pop("updated_at", None)
        if self.chance(0.8):
            deleted["updated_at"] = self.moment(created, CLOCK + timedelta(days=3))
        self.rows["leads"].append(deleted)
        if deleted.get("updated_at") and self.chance(0.2):
            at = datetime.fromisoformat(str(deleted["updated_at"])) + timedelta(days=9)
            self.rows["leads"].append({**lead, "updated_at": at.isoformat()})

    def _fields(self) -> Row:
        """Fields of a lead; each may be missing."""
        choice = self.random.choice
        fields: Row = {
            "email": f"{self._mailbox()}@{choice(DOMAINS)}",
            "phone": "555",
            "first_name": choice(["Ann", "TEST"]),
            "industry": choice(TEXTS),
            "city": choice(TEXTS),
            "job_title": choice(TITLES),
            "department": choice(["IT and CTO office", "Sales", "経理"]),
            "employee_count": choice(["0", "1", "9", "10", "49", "50", "99", "100", "999", "1000"]),
            "annual_revenue": choice(["0", "900000", "12.3456", "1000000", "99999999999.9999"]),
            "budget": choice(["5000", "5000.45", "12000"]),
            "currency": choice(["USD", "eur"]),
            "country": choice(COUNTRIES),
            "region": choice([*REGIONS, None, None, None]),
            "lead_source": choice(["Direct", "Banner Ads", "Straße", "direct"]),
            "consent_status": choice(["given", "withdrawn"]),
            "account_id": choice(["acc1", "acc2", "acc9", None, None]),
        }
        given = {key: value for key, value in fields.items() if value and self.chance(0.7)}
        values = {"plan": [*TEXTS, *NUMBERS], "usage.score": NUMBERS}
        extras = {name: choice(values.get(name, TEXTS)) for name in EXTRAS if self.chance(0.6)}
        return given | {"attributes": extras} if extras else given

    def _mailbox(self) -> str:
        """What stands before the @: a shared mailbox, or one of a hundred people's."""
        if self.chance(0.15):
            return self.random.choice(["Info", "sales"])
        return f"{self.random.choice('ABCDefgh')}{self.random.randrange(12)}"

    def _add_event(self, event_id: str, lead_id: str, created: date) -> None:
        event: Row = {
            "event_id": event_id,
            "lead_id": lead_id,
            "event_type": self.random.choice(EVENT_TYPES),
            "occurred_at": self._event_time(created),
            "page_url": self.random.choice(PAGES),
            "duration_seconds": self.random.choice(
                [None, "0", "29.999", "30", "59.999", "60", "600.5"]
            ),
            "properties": self.random.choice(
                [None, {"mail": "newsletter 1"}, {"mail": "News"}, {"other": "x"}]
            ),
        }
        self.rows["lead_events"].append(event)
        if self.chance(0.1):
            self.rows["lead_events"].append(dict(event))
        if self.chance(0.05):
            self.rows["lead_events"].append({**event, "occurred_at": self._event_time(created)})

    def _event_time(self, created: date) -> str:
        """Mostly after the creation; also long before it, after the clock, and close together."""
        if self.rows["lead_events"] and self.chance(0.15):
            before = datetime.fromisoformat(str(self.rows["lead_events"][-1]["occurred_at"]))
            return (before + timedelta(seconds=self.random.choice([0, 20, 59]))).isoformat()
        if self.chance(0.03):
            return self.random.choice(["1999-12-31T23:59:59", "2023-03-26T01:30:00"])
        if self.chance(0.2):
            return self.moment(created - timedelta(days=60), created)
        return self.moment(created, CLOCK + timedelta(days=4))

    def _add_deal(self, lead_id: str, created: date) -> None:
        """An opportunity with a stage, a payment and a verdict of sales."""
        deal: Row = {
            "opportunity_id": f"deal-{lead_id}",
            "lead_id": lead_id,
            "created_at": self.moment(created, CLOCK),
            "stage": "open",
        }
        if self.chance(0.5):
            deal |= {"closed_at": self.moment(created, CLOCK)}
            deal["is_won"] = self.random.choice(["true", "false"])
        self.rows["opportunities"].append(deal)
        stage = {"stage": self.random.choice(["won it", "won", "talks"])}
        entered = {"entered_at": self.moment(created, CLOCK)}
        self.rows["opportunity_stages"].append(
            {"opportunity_id": deal["opportunity_id"]} | stage | entered
        )
        paid: Row = {"payment_id": f"paid-{lead_id}", "lead_id": lead_id, "amount": "10"}
        self.rows["payments"].append(
            {**paid, "currency": "USD", "paid_at": self.moment(created, CLOCK)}
        )
        verdict: Row = {"feedback_id": f"word-{lead_id}", "lead_id": lead_id, "verdict": "accepted"}
        self.rows["lead_feedback"].append({**verdict, "given_at": self.moment(created, CLOCK)})

    def add_accounts(self) -> None:
        """Accounts that change; two have one domain."""
        for number, domain in enumerate(ACCOUNT_DOMAINS, start=1):
            for version in range(self.random.randint(1, 3)):
                account: Row = {
                    "account_id": f"acc{number}",
                    "domain": self.random.choice([domain, domain, domain, "moved.example"]),
                    "name": self.random.choice(TEXTS),
                    "industry": self.random.choice([*TEXTS, None, None]),
                    "attributes": self.random.choice([None, {"tier": "Gold"}, {"tier": "50"}]),
                    "employee_count": self.random.choice(["10", "50", "1000", None]),
                    "annual_revenue": self.random.choice(["1000000", None]),
                    "currency": self.random.choice(["USD", "EUR"]),
                }
                if version:
                    account["updated_at"] = self.moment(FIRST_DAY, CLOCK)
                self.rows["accounts"].append(account)

    def _lead_ids(self) -> list[str]:
        return sorted({str(lead["lead_id"]) for lead in self.rows["leads"]})

    def add_visitors(self) -> None:
        """Visitors who turn out to be a lead, another visitor or nobody, and leads that do."""
        leads = self._lead_ids()
        visitors = [f"visitor{number}" for number in range(len(leads) // 3)]
        for visitor in visitors:
            for number in range(self.random.choice([1, 3, 8])):
                self._add_event(f"{visitor}-{number}", visitor, FIRST_DAY + timedelta(days=40))
        for alias_id in [*visitors, *visitors, *self.random.sample(leads, 3)]:
            alias: Row = {"alias_id": alias_id, "kind": "visitor"}
            alias["lead_id"] = self.random.choice([*leads, *leads, *visitors, "nobody"])
            if self.chance(0.5):
                alias["linked_at"] = self.moment(FIRST_DAY, CLOCK + timedelta(days=3))
            if self.chance(0.7):
                self.rows["lead_aliases"].append(alias)

    def add_odd_deals(self) -> None:
        """Deals of accounts, of several leads or of nobody; some mirror another, or each other."""
        leads = [*self._lead_ids(), "visitor0", "visitor1", "nobody"]
        deals = [str(deal["opportunity_id"]) for deal in self.rows["opportunities"]]
        for number in range(len(leads) // 3):
            deal: Row = {"opportunity_id": f"odd{number}", "stage": "open", "amount": "100"}
            deal |= {"currency": "USD", "created_at": self.moment(FIRST_DAY, CLOCK)}
            if self.chance(0.3):
                deal["lead_id"] = self.random.choice(leads)
            if self.chance(0.4):
                deal["account_id"] = self.random.choice(["acc1", "acc2", "acc9"])
            if self.chance(0.4):
                others = [*deals, *deals, f"odd{number + 1}", "unheard of"]
                deal["same_as_opportunity_id"] = self.random.choice(others)
            if self.chance(0.6):
                deal["is_won"] = self.random.choice(["true", "false"])
            if self.chance(0.5):
                deal["closed_at"] = self.moment(FIRST_DAY, CLOCK + timedelta(days=3))
            self.rows["opportunities"].append(deal)
            deals.append(f"odd{number}")
            of_deal: Row = {"opportunity_id": f"odd{number}"}
            for lead_id in self.random.sample(leads, self.random.choice([0, 1, 3])):
                part: Row = {**of_deal, "lead_id": lead_id, "role": "buyer"}
                part["is_primary"] = self.random.choice(["true", "false", None])
                self.rows["opportunity_leads"].append(part)
            entered: Row = {"stage": "won", "entered_at": self.moment(FIRST_DAY, CLOCK)}
            self.rows["opportunity_stages"].append(of_deal | entered)

    def add_consents(self) -> None:
        """Versions of leads that say otherwise of their consent; some object, and some of these
        take it back."""
        current = {str(lead["lead_id"]): lead for lead in self.rows["leads"]}
        for lead in current.values():
            words = self.random.choice([["opted out"], ["objected"], ["objected", "given"], ["?"]])
            for word in words if self.chance(0.3) else []:
                said: Row = {**lead, "consent_status": word}
                said["updated_at"] = self.moment(date(2024, 3, 1), CLOCK + timedelta(days=3))
                self.rows["leads"].append(said)


@dataclass
class _Points:
    """The rows of the point tables, as models are added.

    `bounded` says whether the rules of the model at hand must all have a limit.
    """

    random: Random
    bounded: bool = False
    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {
            seed: []
            for seed in (
                *("score_models", "score_groups", "attribute_points", "event_points"),
                *("inactivity_points", "score_bands", "grade_bounds", "grade_matrix"),
            )
        }
    )

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, probability: float, values: list[str]) -> str:
        """One of the values with the probability, else an empty cell."""
        return self.random.choice(values) if self.chance(probability) else ""

    def add_model(self, name: str, role: str) -> None:
        """A model with rows in any of the tables."""
        rescale = self.bounded = self.chance(0.35)
        low, high = self.random.choice([("0", "100"), ("-50", "50"), ("0", "10"), ("-3.5", "20")])
        model: Row = {
            "score_model": name,
            "role": role,
            "traffic_share": "0.03" if role == "challenger" else "",
            "min_score": low if rescale else self.some(0.8, [low]),
            "max_score": high if rescale else self.some(0.8, [high]),
            "scale": "rescale" if rescale else self.some(0.5, ["clamp"]),
            "live_from": self.some(0.25, ["2024-01-15", "2024-02-29"])
            if role != "champion"
            else "",
        }
        self.rows["score_models"].append(model)
        groups = [f"group{number}" for number in range(self.random.randint(1, 3))]
        for group in groups:
            self._add_group(name, group)
        families = [self._add_attribute_rule, self._add_event_rule, self._add_inactivity_rule]
        for family, most in zip(families, (9, 9, 4), strict=True):
            for number in range(self.random.choice([0, 1, 2, 3, self.random.randint(3, most)])):
                rule_id = f"{family.__name__.split('_')[2]}{number}"
                rule: Row = {"score_model": name, "rule_id": rule_id, "reason": f"Why {rule_id}"}
                rule["score_group"] = self.random.choice(groups)
                family(rule)
        # Something can always be reached.
        sure: Row = {"score_model": name, "rule_id": "sure", "score_group": groups[0]}
        sure |= {"attribute": "email", "operator": "is_set", "points": "1"}
        self.rows["attribute_points"].append(sure)
        self._add_bands(model)
        self._add_grades(name)

    def add_tour(self) -> None:
        """A model that has every operator, effect and decay, whatever the others have."""
        tour: Row = {"score_model": "tour", "score_group": "all"}
        model = tour | {"role": "challenger", "scale": "rescale", "min_score": -50, "max_score": 50}
        model.pop("score_group")
        self.rows["score_models"].append(model)
        self.rows["score_groups"].append(tour | {"kind": "fit", "weight": "0.35"})
        conditions: list[Row] = [
            {"attribute": "channel", "operator": "equals", "value": "DIRECT"},
            {"attribute": "industry", "operator": "in", "value": ALIKE},
            {"attribute": "city", "operator": "contains", "value": "A"},
            {"attribute": "employee_count", "operator": "between", "lower": "1", "upper": "9"},
            {"attribute": "account.employee_count", "operator": "at_least", "lower": "50"},
            {"attribute": "budget", "operator": "at_most", "upper": "5000.45"},
            {"attribute": "phone", "operator": "is_set", "effect": "junk"},
            {"attribute": "phone", "operator": "is_missing", "effect": "disqualify"},
        ]
        for number, condition in enumerate(conditions):
            rule = tour | {"rule_id": f"condition{number}", "points": "1.5"}
            self.rows["attribute_points"].append(rule | condition)
        for decay in ("none", "linear", "exponential", "step"):
            rule = tour | {"rule_id": decay, "event_key": "page_visit", "max_events": "3"}
            rule |= {"decay": decay, "points": "1" if decay == "none" else MANY_POINTS}
            rule |= {"decay_days": "" if decay == "none" else "30"}
            rule |= {"decay_rate": "0.3" if decay == "step" else ""}
            self.rows["event_points"].append(rule)
        won = tour | {"rule_id": "won", "event_key": "opportunity_won", "max_events": "3"}
        self.rows["event_points"].append(won | {"points": "1.5"})
        silence = tour | {"rule_id": "silence", "event_key": "demo", "points": "-2"}
        silence |= {"silent_days": "3", "requires_event_key": "page_visit"}
        self.rows["inactivity_points"].append(silence)
        self._add_bands(model)
        self._add_grades("tour")

    def _add_group(self, name: str, group: str) -> None:
        self.rows["score_groups"].append(
            {
                "score_model": name,
                "score_group": group,
                "kind": self.random.choice(["fit", "engagement"]),
                "min_points": self.some(0.3, ["-20", "0", "-7.5555", "-0.0001", "2.5"]),
                "max_points": self.some(0.4, ["30", "12.3457", "50", "8"]),
                "weight": self.some(0.5, ["1", "0.5", "0.35", "1.25", "0.3333", "2"]),
            }
        )

    def _validity(self) -> Row:
        """A first and a last day, open or closed."""
        first = self.some(0.2, ["2024-01-01", "2024-02-29", "2024-03-31", "2024-04-01"])
        last = self.some(0.2, ["2024-03-30", "2024-03-31", "2024-02-29", "2024-04-30"])
        return {"valid_from": first, "valid_to": last if not first or last >= first else ""}

    def _add(self, table: str, rule: Row, other: Row) -> None:
        """A rule, and perhaps a row of it for a region, or for a region alone."""
        rows = [rule]
        if self.chance(0.3):
            regional = {**rule, **other, "region": self.random.choice(REGIONS)}
            rows = [regional] if self.chance(0.2) else [rule, regional]
        self.random.shuffle(rows)
        self.rows[table] += rows

    def _add_attribute_rule(self, rule: Row) -> None:
        rule |= self._condition() | self._validity()
        rule["effect"] = self.some(0.15, ["disqualify", "junk"]) or self.some(0.5, ["points"])
        rule["points"] = self.random.choice(POINTS)
        self._add("attribute_points", rule, {"points": self.random.choice(POINTS)})

    def _condition(self) -> Row:
        """An attribute, an operator and what it compares with."""
        choice = self.random.choice
        if self.chance(0.15):
            attribute = choice([name for name in TEXT_ATTRIBUTES if name.startswith("in_segment")])
            return {"attribute": attribute, "operator": "equals", "value": choice(["yes", "no"])}
        operator = choice(["equals", "in", "contains", "is_set", "is_missing"])
        if operator in ("is_set", "is_missing"):
            attribute = choice(["industry", "plan", "usage.score", "region", "open_ratio"])
            attribute = choice([attribute, *TEXT_ATTRIBUTES, *NUMBER_ATTRIBUTES])
        elif self.chance(0.4):
            attribute = choice([*NUMBER_ATTRIBUTES])
            return self._number_condition(attribute)
        else:
            attribute = choice([*TEXT_ATTRIBUTES])
        condition: Row = {"attribute": attribute, "operator": operator}
        if operator in ("equals", "in", "contains"):
            values = TEXT_ATTRIBUTES[attribute]
            value = choice([value for value in values if value.strip()])
            if operator == "in":
                value = "|".join(self.random.sample(values, min(len(values), 3)))
            if operator == "contains" and self.chance(0.5):
                value = choice(PARTS)
            condition["value"] = value
        return condition

    def _number_condition(self, attribute: str) -> Row:
        operator = self.random.choice(["between", "at_least", "at_most"])
        lower, upper = sorted(self.random.choices(NUMBER_ATTRIBUTES[attribute], k=2), key=float)
        if operator == "between" and self.chance(0.3):
            lower, upper = self.random.choice([("", upper), (lower, "")])
        condition: Row = {"attribute": attribute, "operator": operator}
        if operator != "at_most":
            condition["lower"] = lower
        if operator != "at_least":
            condition["upper"] = upper
        return condition

    def _add_event_rule(self, rule: Row) -> None:
        random = self.random
        points = random.choice(POINTS)
        decay = random.choice(["", "none", "linear", "exponential", "step"])
        if points.startswith("-"):
            decay = ""
        fading = decay not in ("", "none")
        if fading and not self.bounded and self.chance(0.4):
            points = MANY_POINTS
        rule |= self._validity() | {
            "event_key": random.choice(KEYS),
            "points": points,
            "window_days": self.some(0.5, ["1", "2", "7", "30", "60"]),
            "max_per_day": self.some(0.4, ["1", "2", "3"]),
            "max_events": self.some(0.4, ["1", "2", "5", "7"]),
            "decay": decay,
            "decay_days": random.choice(["1", "2", "3", "7", "30", "45", "512", "1536"])
            if fading
            else "",
            "decay_rate": random.choice(["0.25", "0.15", "0.33333333", "1"])
            if decay == "step"
            else "",
            "min_points": self.some(0.2, ["0", "1.5", "-10", "-0.5"]),
            "max_points": self.some(0.25, ["4", "12.5", "20"]),
        }
        if self.bounded and not rule["max_events"]:
            rule |= {"window_days": "30", "max_per_day": "1"}
        self._add("event_points", rule, {"window_days": "14", "max_per_day": "2"})

    def _add_inactivity_rule(self, rule: Row) -> None:
        rule |= self._validity() | {
            "event_key": self.random.choice(KEYS),
            "silent_days": self.random.choice(["1", "7", "14", "30", "45"]),
            "requires_event_key": self.some(0.4, ["sent", "email_sent", "page_visit", "demo"]),
            "points": self.random.choice(POINTS),
        }
        self._add("inactivity_points", rule, {"silent_days": "10", "points": "-3"})

    def _add_bands(self, model: Row) -> None:
        """Bands within the scores that there can be, some otherwise in a region."""
        low, high = (float(str(model[end] or limit)) for end, limit in LIMITS.items())
        regions = ["", *(self.random.sample(REGIONS, 1) if self.chance(0.4) else [])]
        possible = [bound for bound in BOUNDS if low < bound <= high]
        count = self.random.randint(1, min(4, len(possible)))
        for region in regions:
            bounds = sorted(self.random.sample(possible, count))
            for order, bound in enumerate([None, *bounds], start=1):
                self.rows["score_bands"].append(
                    {
                        "score_model": model["score_model"],
                        "region": region,
                        "band": f"band{order}",
                        "band_order": str(order),
                        "lower_bound": "" if bound is None else str(bound),
                    }
                )

    def _add_grades(self, name: str) -> None:
        for kind in ("fit", "engagement"):
            bounds = [("A", "10"), ("B", "2.5"), ("C", "0"), ("D", "")]
            for grade, bound in bounds:
                row = {"score_model": name, "kind": kind, "grade": grade, "lower_bound": bound}
                self.rows["grade_bounds"].append(dict(row))
        for fit in "ABCD":
            for engagement in "ABCD":
                grades = {"fit_grade": fit, "engagement_grade": engagement}
                priority = str("ABCD".index(fit) + "ABCD".index(engagement) + 1)
                self.rows["grade_matrix"].append(
                    {"score_model": name, **grades, "priority": priority}
                )
