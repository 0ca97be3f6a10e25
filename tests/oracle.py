"""The score of one lead on one day, in plain Python: what the point tables promise.

An independent witness against the models: it is written from what their columns say, is slow, and
shares with them but the words of a job title. Rows of `raw` and of the seeds go in as dicts of
text, as `tests.warehouse` takes them.
"""

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache
from typing import Any

from scripts.shared.text import text_words

Row = Mapping[str, Any]
Seeds = Mapping[str, Sequence[Row]]

EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
SINCE_EVER, FOR_EVER = date(1900, 1, 1), date(9999, 12, 31)
NOTHING, INFINITE = Decimal(0), Decimal("Infinity")


@dataclass(frozen=True)
class Factor:
    """A reason: a rule that fired, or a limit, weight or scale that changed the sum."""

    score_group: str
    rule_id: str
    points: Decimal
    occurrences: int | None = None
    last_event_date: date | None = None


@dataclass(frozen=True)
class Score:
    """What a model says of a lead on a day; the points of the factors add up to `score`."""

    score: Decimal
    raw_score: Decimal
    fit_score: Decimal
    engagement_score: Decimal
    band: str
    fit_grade: str | None
    engagement_grade: str | None
    priority: int | None
    is_disqualified: bool
    is_junk: bool
    factors: tuple[Factor, ...]


# ---------------------------------------------------------------- numbers, texts and days


def rounded(number: Decimal, places: int) -> Decimal:
    """Half away from zero."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)


def clamp(number: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    """Held within bounds of which either may be missing."""
    if low is not None:
        number = max(number, low)
    return number if high is None else min(number, high)


def number_of(cell: object) -> Decimal | None:
    """What is written -?digits[.digits]; nothing else is a number."""
    written = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(cell or ""))
    return Decimal(written[0]) if written else None


def whole_of(cell: object) -> int | None:
    """A whole number of a seed, None where the cell is empty."""
    return int(str(cell)) if cell else None


def day_of(cell: object) -> date | None:
    """The day of a cell that holds a day or a time, None where it is empty."""
    return datetime.fromisoformat(str(cell)).date() if cell else None


def plain(number: Decimal) -> str:
    """A number as people write it, without exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def key_of(text: str) -> str:
    """NFKC, case folding, no accents (U+0300–U+036F once decomposed), no outer space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare).strip()


@cache
def words_of(text: str) -> str:
    """The words of a title or keyword, each between spaces."""
    return text_words(text) or ""


def matches_glob(text: str, glob: str) -> bool:
    """The whole text, `*` for anything, `?` for one character."""
    pattern = re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def bucket_of(lead_id: str) -> int:
    """The stable hash of a lead for traffic shares, from 0 to 9,999."""
    return int(hashlib.md5(lead_id.encode(), usedforsecurity=False).hexdigest()[:7], 16) % 10000


# ------------------------------------------------------------------------------- versions


@dataclass(frozen=True)
class Version:
    """A version of a row, when it was made, and the first day on which it holds."""

    from_day: date
    made_at: datetime
    row: Row


def timeline(rows: Iterable[Row], first_day: date, known_until: date) -> list[Version]:
    """What held from which day: the first version from `first_day`, a later one from its day.

    Rows are in the order of landing. One without updated_at takes the place of the one that is
    current when it lands.
    """
    landed: list[tuple[datetime, int, Row]] = []
    for number, row in enumerate(rows):
        made_at = datetime.fromisoformat(row.get("updated_at") or "0001-01-01")
        if landed and not row.get("updated_at"):
            made_at, *_ = landed.pop()
        landed = sorted([*landed, (made_at, number, row)], key=lambda version: version[:2])
    versions: dict[date, Version] = {}
    for made_at, _, row in landed:
        day = max(first_day, made_at.date()) if versions else first_day
        if day <= known_until:
            versions[day] = Version(day, made_at, row)
    return list(versions.values())


def version_on(versions: Sequence[Version], day: date) -> Version | None:
    """The version that holds on a day."""
    place = bisect_right([version.from_day for version in versions], day)
    return versions[place - 1] if place else None


def by_key(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """Rows in their order, by a column."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


@dataclass(frozen=True)
class Lead:
    """A landed lead: its versions, oldest first, and the row that is current at the clock."""

    lead_id: str
    created_at: datetime
    versions: list[Version]
    current: Row


# ------------------------------------------------------------------------------- identity


def survivors(leads: Mapping[str, Lead], roles: set[str], by_person: bool) -> dict[str, str]:
    """Each landed lead's surviving lead: along the chain, then by person_id, then by email."""
    chain_ends = {lead_id: _chain_end(leads, lead_id) for lead_id in leads}
    links: dict[tuple[str, str], set[str]] = defaultdict(set)
    for lead_id, lead in leads.items():
        end = chain_ends[lead_id]
        if end:
            links["merge", end] |= {lead_id, end}
        person, email = lead.current.get("person_id"), (lead.current.get("email") or "").lower()
        if by_person and person:
            links["person", person].add(lead_id)
        if by_person and email and email.split("@")[0] not in roles:
            links["email", email].add(lead_id)
    group_of = {lead_id: {lead_id} for lead_id in leads}
    for linked in links.values():
        group = set().union(*(group_of[lead_id] for lead_id in linked))
        group_of |= dict.fromkeys(group, group)
    ends = {end for end in chain_ends.values() if end}
    return {
        lead_id: min(group & ends or group, key=lambda member: (leads[member].created_at, member))
        for lead_id, group in group_of.items()
    }


def _chain_end(leads: Mapping[str, Lead], lead_id: str) -> str | None:
    """The last lead of a chain of merges; None where there is no chain, or it is a cycle."""
    seen = [lead_id]
    while (target := leads[seen[-1]].current.get("merged_into_lead_id") or "") in leads:
        if target in seen:
            return None
        seen.append(target)
    return seen[-1] if len(seen) > 1 else None


# --------------------------------------------------------------------------------- events


@dataclass(frozen=True, eq=False)
class Event:
    """Something a lead did, or that the CRM knows of it."""

    lead_id: str
    event_type: str
    at: datetime
    page_url: str | None = None
    properties: Mapping[str, str] | None = None
    crm_property: str | None = None
    seconds: Decimal | None = None
    is_landed: bool = True

    @property
    def day(self) -> date:
        """Its day (UTC)."""
        return self.at.date()


def meets(event: Event, row: Row) -> bool:
    """Whether an event meets a row of event_keys, what it follows aside."""
    if event.event_type != row["event_type"]:
        return False
    if row["page_glob"] and not matches_glob(event.page_url or "\0", row["page_glob"]):
        return False
    if row["property"]:
        found = event.crm_property or (event.properties or {}).get(row["property"])
        if found is None or not matches_glob(found, row["property_glob"] or "*"):
            return False
    least = number_of(row["min_duration_seconds"])
    return least is None or (event.seconds is not None and event.seconds >= least)


def keys_of(events: Sequence[Event], event_keys: Sequence[Row]) -> dict[Event, set[str]]:
    """The keys under which each of a person's events counts: its type and all that it matches."""
    engagements = {row["event_key"] for row in event_keys if row["is_engagement"] == "yes"}
    keys: dict[Event, set[str]] = {}
    for event in sorted(events, key=lambda event: event.at):
        matched = {
            row["event_key"]
            for row in event_keys
            if meets(event, row) and (not row["follows_event_key"] or follows(event, row, keys))
        }
        engaged = {"any_engagement"} if matched & engagements else set()
        keys[event] = {event.event_type} | matched | engaged
    return keys


def follows(event: Event, row: Row, keys: Mapping[Event, set[str]]) -> bool:
    """Whether an event of the other key came before, at most within_days earlier."""
    within = whole_of(row["within_days"])
    return any(
        row["follows_event_key"] in found
        and earlier.at < event.at
        and (within is None or (event.day - earlier.day).days <= within)
        for earlier, found in keys.items()
    )


# --------------------------------------------------------------------------------- people


@dataclass
class Person:
    """The leads that are one person, under the id of the one that survives."""

    lead_id: str
    members: list[Lead]
    events: dict[Event, set[str]]

    def __post_init__(self) -> None:
        self.created_at = min(member.created_at for member in self.members)
        self.days: dict[str, dict[date, list[Event]]] = defaultdict(lambda: defaultdict(list))
        for event, keys in self.events.items():
            for key in keys:
                self.days[key][event.day].append(event)

    @property
    def created(self) -> date:
        """The day of its creation."""
        return self.created_at.date()

    def since(self, day: date) -> date:
        """The day since which its fields are as they are on a day."""
        return max(v.from_day for m in self.members for v in m.versions if v.from_day <= day)

    def field(self, name: str, day: date) -> str | None:
        """The survivor's, else that of the latest other lead that has one."""
        found = []
        for member in self.members:
            version = version_on(member.versions, day)
            value = version and _value(version.row, name)
            if version and value:
                survives = member.lead_id == self.lead_id
                made_at = max(version.made_at, member.created_at)
                found.append(((survives, made_at, member.created_at, member.lead_id), value))
        return max(found)[1] if found else None

    def is_deleted(self, day: date) -> bool:
        """From the updated_at of the version that says so; from creation where it has none."""
        survivor = next(member for member in self.members if member.lead_id == self.lead_id)
        version = version_on(survivor.versions, day)
        if version is None:
            return False
        for other in survivor.versions:
            if other.row.get("is_deleted") in (True, "true"):
                updated_at = other.row.get("updated_at")
                if not updated_at and other.from_day > day:
                    return True
                if other is version and (not updated_at or other.made_at.date() <= day):
                    return True
        return False


def _value(row: Row, name: str) -> str | None:
    """A field of the contract, or one beyond it."""
    value = row.get(name) or (row.get("attributes") or {}).get(name)
    return None if value is None else str(value)


# -------------------------------------------------------------------------------- scoring


class Oracle:
    """The scores of all leads by all models that are not off.

    `raw` holds the rows of each entity in the order of landing, `seeds` all rows of all seeds.
    """

    def __init__(
        self,
        raw: Mapping[str, Sequence[Row]],
        seeds: Seeds,
        as_of: str = "",
        reporting_currency: str = "",
        match_leads_by_person: bool = True,
    ) -> None:
        self.seeds = seeds
        self.currency = reporting_currency
        self.clock = day_of(as_of) or _latest_day(raw)
        known_until = day_of(as_of) or FOR_EVER
        leads = {}
        for lead_id, rows in by_key(raw.get("leads", ()), "lead_id").items():
            latest = timeline(rows, SINCE_EVER, FOR_EVER)[-1].row
            created_at = datetime.fromisoformat(latest["created_at"])
            versions = timeline(rows, created_at.date(), known_until)
            if current := version_on(versions, self.clock):
                leads[lead_id] = Lead(lead_id, created_at, versions, current.row)
        self.accounts = {
            account_id: timeline(rows, SINCE_EVER, known_until)
            for account_id, rows in by_key(raw.get("accounts", ()), "account_id").items()
        }
        self.roles = {row["local_part"] for row in seeds["role_mailboxes"]}
        self.survivor = survivors(leads, self.roles, match_leads_by_person)
        self.people = self._people(leads, raw)
        self.models = {
            row["score_model"]: Model(self, row)
            for row in seeds["score_models"]
            if row["role"] in ("champion", "challenger")
        }
        self.measures = {row["measure"]: row for row in seeds["event_measures"]}
        self.domain_kinds = {row["domain"]: row["kind"] for row in seeds["email_domains"]}
        self.channels = {key_of(row["lead_source"]): row["channel"] for row in seeds["channels"]}
        self.countries = {
            key_of(name): row
            for row in seeds["countries"]
            for name in (row["country_code"], row["country"], *row["aliases"].split("|"))
        }
        self.cache: dict[tuple[str, str, date], str] = {}
        self.said: dict[tuple[str, str], str | None] = {}

    def _people(
        self, leads: Mapping[str, Lead], raw: Mapping[str, Sequence[Row]]
    ) -> dict[str, Person]:
        members, events = defaultdict(list), defaultdict(list)
        for lead_id, lead in leads.items():
            members[self.survivor[lead_id]].append(lead)
        for event in _events(raw):
            if event.lead_id in leads:
                events[self.survivor[event.lead_id]].append(event)
        return {
            lead_id: Person(lead_id, group, keys_of(events[lead_id], self.seeds["event_keys"]))
            for lead_id, group in members.items()
        }

    def life(self, lead_id: str) -> list[date]:
        """The days on which a lead is scored: from its creation on, but for those it is deleted."""
        person = self.people[lead_id]
        days = (self.clock - person.created).days
        all_days = (person.created + timedelta(days=age) for age in range(days + 1))
        return [day for day in all_days if not person.is_deleted(day)]

    def score(self, lead_id: str, score_model: str, day: date) -> Score:
        """The score at the end of a day."""
        with localcontext(EXACT):
            return self.models[score_model].score(self.people[lead_id], day)

    def model_of(self, lead_id: str, day: date) -> str | None:
        """Whose score counts: a challenger's for its share of leads, else the champion's."""
        live = [model for _, model in sorted(self.models.items()) if model.live_from <= day]
        champions = [model for model in live if model.row["role"] == "champion"]
        bucket, end = bucket_of(lead_id), NOTHING
        for model in sorted(self.models.values(), key=lambda model: model.name):
            if model.row["role"] == "challenger":
                start, end = end, end + 10000 * (number_of(model.row["traffic_share"]) or NOTHING)
                if start <= bucket < end and model in live and champions:
                    return model.name
        return max(champions, key=lambda model: model.live_from).name if champions else None

    # ------------------------------------------------------------------------- attributes

    def attribute(self, person: Person, name: str, day: date) -> str:
        """An attribute as text, '' where it is missing."""
        known = (person.lead_id, name, day)
        if known not in self.cache:
            self.cache[known] = self._attribute(person, name, day) or ""
        return self.cache[known]

    def _attribute(self, person: Person, name: str, day: date) -> str | None:
        if name in self.measures:
            return self._measured(person, self.measures[name], day)
        if name.startswith("in_segment:"):
            return "yes" if self.in_segment(person, name.removeprefix("in_segment:"), day) else "no"
        if name.startswith("account."):
            return self._account_field(person, name.removeprefix("account."), day)
        derived: dict[str, Callable[[Person, date], str | None]] = {
            "tenure_days": lambda person, day: str((day - person.created).days),
            "first_event_key": self._first_event_key,
            "email": lambda person, day: (person.field("email", day) or "").lower(),
            "currency": lambda person, day: (person.field("currency", day) or "").upper(),
            "seniority": lambda person, day: self._worded(person, "job_title", name, day),
            "title_role": lambda person, day: self._worded(person, "job_title", name, day),
            "department_group": lambda person, day: (
                self._worded(person, "department", name, day)
                or self._worded(person, "job_title", name, day)
            ),
            "employee_band": self._employee_band,
            "annual_revenue": lambda person, day: self._money(person, "annual_revenue", day),
            "budget": lambda person, day: self._money(person, "budget", day),
            "country": self._country,
            "region": self._region,
            "time_zone": lambda person, day: (
                person.field("time_zone", day) or self._of_country(person, "time_zone", day)
            ),
            "channel": self._channel,
            "email_domain": lambda person, day: _domain(person, day) or None,
            "email_domain_kind": self._domain_kind,
            "is_role_mailbox": self._is_role_mailbox,
        }
        if name in derived:
            return derived[name](person, day)
        return person.field(name, day)

    def _worded(self, person: Person, field: str, attribute: str, day: date) -> str | None:
        """What the words of a field say of an attribute."""
        text = person.field(field, day) or ""
        if (text, attribute) not in self.said:
            self.said[text, attribute] = self._said(text, attribute)
        return self.said[text, attribute]

    def _said(self, text: str, attribute: str) -> str | None:
        """Priority first, then the longest match."""
        words = words_of(text)
        found = [
            (int(row["priority"]), -len(words_of(row["keyword"])), row["value"])
            for row in self.seeds["title_keywords"]
            if row["attribute"] == attribute and words_of(row["keyword"]) in words
        ]
        return min(found)[2] if words and found else None

    def _employee_band(self, person: Person, day: date) -> str | None:
        count = number_of(person.field("employee_count", day))
        for row in self.seeds["employee_bands"]:
            upper = number_of(row["upper"])
            if count is not None and int(row["lower"]) <= count <= (upper or count):
                return str(row["band"])
        return None

    def _money(self, person: Person, name: str, day: date) -> str | None:
        """In the reporting currency, at the rate of the day since which it is known."""
        amount = number_of(person.field(name, day))
        currency = (person.field("currency", day) or "").upper()
        return self._converted(amount, currency, person.since(day))

    def _converted(self, amount: Decimal | None, currency: str, day: date) -> str | None:
        if amount is None:
            return None
        if currency in ("", self.currency):
            return plain(amount)
        rates = [
            (row["rate_date"], number_of(row["rate"]) or NOTHING)
            for row in self.seeds["exchange_rates"]
            if row["from_currency"] == currency
            and row["to_currency"] == self.currency
            and (day_of(row["rate_date"]) or day) <= day
        ]
        return plain(rounded(amount * max(rates)[1], 4)) if rates else None

    def _of_country(self, person: Person, column: str, day: date) -> str | None:
        """What the seed says of the country that the lead wrote."""
        written = key_of(person.field("country", day) or "")
        return (
            str(self.countries[written][column]) if written and written in self.countries else None
        )

    def _country(self, person: Person, day: date) -> str | None:
        return self._of_country(person, "country_code", day) or person.field("country", day)

    def _region(self, person: Person, day: date) -> str | None:
        """The landed region, else the country's."""
        return person.field("region", day) or self._of_country(person, "region", day)

    def _channel(self, person: Person, day: date) -> str | None:
        source = person.field("lead_source", day)
        return self.channels.get(key_of(source), source) if source else None

    def _domain_kind(self, person: Person, day: date) -> str | None:
        domain = _domain(person, day)
        return self.domain_kinds.get(domain, "business") if domain else None

    def _is_role_mailbox(self, person: Person, day: date) -> str | None:
        email = (person.field("email", day) or "").lower()
        return ("yes" if email.split("@")[0] in self.roles else "no") if email else None

    def _account_id(self, person: Person, day: date) -> str | None:
        """The lead's account, else that of its business email domain."""
        given = person.field("account_id", day)
        if given or self._domain_kind(person, day) != "business":
            return given
        of_domain = [
            account_id
            for account_id, versions in self.accounts.items()
            if (version := version_on(versions, day))
            and (version.row.get("domain") or "").lower() == _domain(person, day)
        ]
        return min(of_domain, default=None)

    def _account_field(self, person: Person, name: str, day: date) -> str | None:
        version = version_on(self.accounts.get(self._account_id(person, day) or "", []), day)
        if version is None:
            return None
        value = _value(version.row, name)
        if name in ("domain", "currency") and value:
            return value.lower() if name == "domain" else value.upper()
        if name == "annual_revenue":
            currency = (version.row.get("currency") or "").upper()
            since = max(version.from_day, person.since(day))
            return self._converted(number_of(value), currency, since)
        return value

    def _first_event_key(self, person: Person, day: date) -> str | None:
        """The first event's key; of several one of the mapping's, then the first by name."""
        mapped = {row["event_key"] for row in self.seeds["event_keys"]}
        found = [
            (event.at, key not in mapped, key)
            for event, keys in person.events.items()
            for key in keys - {"any_engagement"}
            if event.day <= day
        ]
        return min(found)[2] if found else None

    # ------------------------------------------------------------- measures and segments

    def _measured(self, person: Person, row: Row, day: date) -> str | None:
        """A number made of the events of a window."""
        days = in_window(person, row["event_key"], row["window_days"], day)
        count = sum(len(events) for events in days.values())
        if row["statistic"] == "count":
            return str(count)
        if row["statistic"] == "days":
            return str(len(days))
        if row["statistic"] == "seconds":
            seconds = (event.seconds or NOTHING for events in days.values() for event in events)
            return plain(sum(seconds, NOTHING))
        if row["statistic"] == "most_per_minute":
            minutes = Counter(
                (event.lead_id, event.at.replace(second=0, microsecond=0))
                for events in days.values()
                for event in events
                if event.is_landed
            )
            return str(max(minutes.values(), default=0))
        if row["statistic"] == "account_leads":
            return str(self._active_colleagues(person, row, day))
        per_days = in_window(person, row["per_event_key"], row["window_days"], day)
        per_count = sum(len(events) for events in per_days.values())
        return plain(rounded(Decimal(count) / per_count, 12)) if per_count else None

    def _active_colleagues(self, person: Person, row: Row, day: date) -> int:
        """How many people of the account, the lead among them, have such an event."""
        account_id = self._account_id(person, day)
        return sum(
            bool(in_window(other, row["event_key"], row["window_days"], day))
            for other in self.people.values()
            if account_id and other.created <= day and self._account_id(other, day) == account_id
        )

    def in_segment(self, person: Person, segment: str, day: date) -> bool:
        """Whether all conditions hold."""
        rows = [row for row in self.seeds["segments"] if row["segment"] == segment]
        return bool(rows) and all(
            matches(self.attribute(person, row["attribute"], day), row)
            if row["attribute"]
            else bool(in_window(person, row["event_key"], row["window_days"], day))
            for row in rows
        )


def _latest_day(raw: Mapping[str, Sequence[Row]]) -> date:
    """The latest day on which a lead was created or an event happened, waiting rows left out."""
    times = {"leads": "created_at", "lead_events": "occurred_at"}
    return max(
        datetime.fromisoformat(row[column]).date()
        for entity, column in times.items()
        for row in raw.get(entity, ())
        if row[column] <= row.get("landed_at", row[column])
    )


def _events(raw: Mapping[str, Sequence[Row]]) -> Iterable[Event]:
    """Each event as last landed, and what the CRM knows, as events of their day."""
    for rows in by_key(raw.get("lead_events", ()), "event_id").values():
        row = rows[-1]
        yield Event(
            row["lead_id"],
            row["event_type"],
            datetime.fromisoformat(row["occurred_at"]),
            page_url=row.get("page_url"),
            properties=row.get("properties"),
            seconds=number_of(row.get("duration_seconds")),
        )
    deals = by_key(raw.get("opportunities", ()), "opportunity_id")
    opportunities = {
        key: timeline(rows, SINCE_EVER, FOR_EVER)[-1].row for key, rows in deals.items()
    }
    for key, row in opportunities.items():
        yield _crm_event(row["lead_id"], "opportunity_opened", row["created_at"])
        is_won = row.get("is_won")
        if is_won == "true" and (won_at := row.get("closed_at") or _won_since(deals[key])):
            yield _crm_event(row["lead_id"], "opportunity_won", won_at)
        if is_won == "false" and row.get("closed_at"):
            yield _crm_event(row["lead_id"], "opportunity_lost", row["closed_at"])
    stages = {
        (row["opportunity_id"], row["stage"], row["entered_at"])
        for row in raw.get("opportunity_stages", ())
    }
    for opportunity_id, stage, entered_at in stages:
        if opportunity_id in opportunities:
            lead_id = opportunities[opportunity_id]["lead_id"]
            yield _crm_event(lead_id, "opportunity_stage", entered_at, stage)
    for rows in by_key(raw.get("payments", ()), "payment_id").values():
        yield _crm_event(rows[-1]["lead_id"], "payment_made", rows[-1]["paid_at"])
    for rows in by_key(raw.get("lead_feedback", ()), "feedback_id").values():
        row = rows[-1]
        yield _crm_event(
            row["lead_id"], f"lead_{row['verdict']}", row["given_at"], row.get("reason")
        )


def _won_since(rows: Iterable[Row]) -> str | None:
    """The first updated_at since which each version says that the deal is won."""
    since = None
    for row in sorted(rows, key=lambda row: row.get("updated_at") or ""):
        if row.get("is_won") != "true":
            since = None
        elif row.get("updated_at"):
            since = since or row["updated_at"]
    return since


def _crm_event(lead_id: str, event_type: str, at: str, about: str | None = None) -> Event:
    moment = datetime.fromisoformat(at)
    return Event(lead_id, event_type, moment, crm_property=about, is_landed=False)


def _domain(person: Person, day: date) -> str:
    return (person.field("email", day) or "").lower().partition("@")[2]


def in_window(
    person: Person, event_key: str, window_days: object, day: date
) -> dict[date, list[Event]]:
    """The days with events of the key: score_date − window_days < event_date ≤ score_date."""
    window = whole_of(window_days)
    return {
        event_day: events
        for event_day, events in person.days.get(event_key, {}).items()
        if event_day <= day and (window is None or event_day > day - timedelta(days=window))
    }


def matches(value: str, row: Row) -> bool:
    """Whether a value meets the condition of an attribute rule or segment."""
    operator, text = row["operator"], key_of(value)
    if operator == "is_set":
        return value != ""
    if operator == "is_missing":
        return value == ""
    if operator == "equals":
        return text != "" and text == key_of(row["value"])
    if operator == "in":
        return text != "" and text in {key_of(part) for part in row["value"].split("|")}
    if operator == "contains":
        return text != "" and key_of(row["value"]) != "" and key_of(row["value"]) in text
    number, lower, upper = number_of(value), number_of(row["lower"]), number_of(row["upper"])
    if number is None:
        return False
    above = operator == "at_most" or lower is None or lower <= number
    below = operator == "at_least" or upper is None or number <= upper
    return above and below


def decay(row: Row, age: int) -> Decimal:
    """What is left of an event of an age in days, to 8 decimals."""
    kind, days = row["decay"] or "none", Decimal(row["decay_days"] or 1)
    if kind == "linear":
        return rounded(max(NOTHING, 1 - age / days), 8)
    if kind == "exponential":
        return rounded(Decimal("0.5") ** (age / days), 8)
    if kind == "step":
        return rounded(max(NOTHING, 1 - Decimal(row["decay_rate"]) * (age // days)), 8)
    return Decimal(1)


@dataclass(frozen=True)
class Group:
    """What a group of rules comes to, before and after its weight, and what changed its sum."""

    kind: str
    held: Decimal
    weighted: Decimal
    changes: tuple[Factor, ...]


class Model:
    """A scoring model: its rows of the point tables."""

    def __init__(self, oracle: Oracle, row: Row) -> None:
        self.oracle, self.row, self.name = oracle, row, str(row["score_model"])
        self.live_from = day_of(row["live_from"]) or SINCE_EVER
        self.attribute_rules = self._by_rule("attribute_points")
        self.event_rules = self._by_rule("event_points")
        self.inactivity_rules = self._by_rule("inactivity_points")
        self.groups = self._rows("score_groups")
        self.bands = by_key(self._rows("score_bands"), "band")
        self.grades = self._rows("grade_bounds")
        self.matrix = {
            (row["fit_grade"], row["engagement_grade"]): whole_of(row["priority"])
            for row in self._rows("grade_matrix")
        }

    def _rows(self, seed: str) -> list[Row]:
        return [row for row in self.oracle.seeds[seed] if row["score_model"] == self.name]

    def _by_rule(self, seed: str) -> dict[str, list[Row]]:
        return by_key(self._rows(seed), "rule_id")

    def score(self, person: Person, day: date) -> Score:
        """The score of a person at the end of a day."""
        region = self.oracle.attribute(person, "region", day)
        flags, factors = set(), []
        for rows in self.attribute_rules.values():
            row = holding(rows, region, day)
            if row and matches(self.oracle.attribute(person, row["attribute"], day), row):
                factors.append(_factor(row, number_of(row["points"]) or NOTHING, 1, None))
                flags.add(row["effect"] or "points")
        for rows in self.event_rules.values():
            row = holding(rows, region, day)
            factors += self._event_factor(person, row, day) if row else []
        for rows in self.inactivity_rules.values():
            row = holding(rows, region, day)
            factors += self._inactivity_factor(person, row, day) if row else []
        groups = [self._group(row, factors) for row in self.groups]
        raw_score = sum((group.weighted for group in groups), NOTHING)
        score = self._scaled(raw_score)
        changes = [change for group in groups for change in group.changes]
        if score != raw_score:
            changes.append(Factor("(score)", "score_scale", score - raw_score))
        fit = [group for group in groups if group.kind == "fit"]
        engagement = [group for group in groups if group.kind == "engagement"]
        # A grade looks at the points before their weight: it may stand beside the score.
        fit_grade = self._grade("fit", sum((group.held for group in fit), NOTHING))
        engaged = sum((group.held for group in engagement), NOTHING)
        engagement_grade = self._grade("engagement", engaged)
        return Score(
            score,
            raw_score,
            sum((group.weighted for group in fit), NOTHING),
            sum((group.weighted for group in engagement), NOTHING),
            "disqualified" if "disqualify" in flags else self._band(score, region),
            fit_grade,
            engagement_grade,
            self.matrix.get((fit_grade, engagement_grade)),
            "disqualify" in flags,
            "junk" in flags,
            (*factors, *changes),
        )

    def _event_factor(self, person: Person, row: Row, day: date) -> list[Factor]:
        """Of the window at most max_per_day a day, then the latest max_events, counted back."""
        days = in_window(person, row["event_key"], row["window_days"], day)
        per_day, left = whole_of(row["max_per_day"]), whole_of(row["max_events"])
        units, occurrences = NOTHING, 0
        for event_day in sorted(days, reverse=True):
            count = min(len(days[event_day]), per_day if per_day is not None else 10**9)
            if left is not None:
                count = min(count, left)
                left -= count
            units += count * decay(row, (day - event_day).days)
            occurrences += count
        if not occurrences:
            return []
        points = rounded(Decimal(row["points"]) * units, 4)
        points = clamp(points, number_of(row["min_points"]), number_of(row["max_points"]))
        return [_factor(row, points, occurrences, max(days))]

    def _inactivity_factor(self, person: Person, row: Row, day: date) -> list[Factor]:
        """Once, when the silence has lasted silent_days."""
        last = max(in_window(person, row["event_key"], "", day), default=None)
        since: date | None = last or person.created
        if row["requires_event_key"]:
            required = in_window(person, row["requires_event_key"], "", day)
            since = min((d for d in required if last is None or d > last), default=None)
        if since is None or (day - since).days < int(row["silent_days"]):
            return []
        return [_factor(row, Decimal(row["points"]), 1, last)]

    def _group(self, row: Row, factors: Sequence[Factor]) -> Group:
        """The sum of a group's rules, held within its limits, then weighted."""
        name = row["score_group"]
        summed = sum((f.points for f in factors if f.score_group == name), NOTHING)
        held = clamp(summed, number_of(row["min_points"]), number_of(row["max_points"]))
        weighted = self._weighted(row, held)
        changes = [("group_limit", held - summed), ("group_weight", weighted - held)]
        because = tuple(Factor(name, rule_id, points) for rule_id, points in changes if points)
        return Group(row["kind"], held, weighted, because)

    def _weighted(self, group: Row, points: Decimal) -> Decimal:
        weight = number_of(group["weight"])
        return rounded(points * (1 if weight is None else weight), 4)

    def _scaled(self, raw_score: Decimal) -> Decimal:
        low, high = number_of(self.row["min_score"]), number_of(self.row["max_score"])
        if self.row["scale"] != "rescale":
            return clamp(raw_score, low, high)
        assert low is not None and high is not None
        least, most = self.attainable()
        return rounded(low + (raw_score - least) * (high - low) / (most - least), 4)

    def attainable(self) -> tuple[Decimal, Decimal]:
        """The smallest and largest raw score; refused where nothing bounds it."""
        least = most = NOTHING
        for group in self.groups:
            ranges = [
                _range(rows)
                for rules in (self.attribute_rules, self.event_rules, self.inactivity_rules)
                for rows in rules.values()
                if rows[0]["score_group"] == group["score_group"]
            ]
            limits = number_of(group["min_points"]), number_of(group["max_points"])
            lowest = clamp(sum((low for low, _ in ranges), NOTHING), *limits)
            highest = clamp(sum((high for _, high in ranges), NOTHING), *limits)
            assert lowest.is_finite() and highest.is_finite(), f"{group} is unbounded"
            least += self._weighted(group, lowest)
            most += self._weighted(group, highest)
        assert least < most, f"{self.name}: nothing is attainable"
        return least, most

    def _band(self, score: Decimal, region: str) -> str:
        """The highest band whose bound is reached; a bound belongs to the band above it."""
        reached = [
            (bound is not None, bound or NOTHING, row["band"])
            for rows in self.bands.values()
            if (row := of_region(rows, region))
            for bound in [number_of(row["lower_bound"])]
            if bound is None or score >= bound
        ]
        return str(max(reached)[2])

    def _grade(self, kind: str, points: Decimal) -> str | None:
        reached = [
            (bound is not None, bound or NOTHING, row["grade"])
            for row in self.grades
            for bound in [number_of(row["lower_bound"])]
            if row["kind"] == kind and (bound is None or points >= bound)
        ]
        return max(reached)[2] if reached else None


def _factor(row: Row, points: Decimal, occurrences: int, last: date | None) -> Factor:
    return Factor(row["score_group"], row["rule_id"], points, occurrences, last)


def of_region(rows: Sequence[Row], region: str) -> Row | None:
    """A row with the lead's region replaces the one without."""
    found = {row["region"]: row for row in rows}
    return found.get(region, found.get(""))


def holding(rows: Sequence[Row], region: str, day: date) -> Row | None:
    """The row of a rule for a region, if it holds on a day; both ends are included."""
    row = of_region(rows, region)
    if row is None:
        return None
    begins, ends = day_of(row["valid_from"]) or SINCE_EVER, day_of(row["valid_to"]) or FOR_EVER
    return row if begins <= day <= ends else None


def _range(rows: Sequence[Row]) -> tuple[Decimal, Decimal]:
    """The smallest and largest points of a rule over all its regions, and 0 for not firing."""
    reached = [NOTHING]
    for row in rows:
        points = number_of(row["points"]) or NOTHING
        if "max_events" not in row:
            reached.append(points)
            continue
        per_day, window = number_of(row["max_per_day"]), number_of(row["window_days"])
        counts = [number_of(row["max_events"]), per_day and window and per_day * window]
        most = min((count for count in counts if count), default=INFINITE)
        limits = number_of(row["min_points"]), number_of(row["max_points"])
        reached += [clamp(end, *limits) for end in (NOTHING, points and points * most)]
    return min(reached), max(reached)
