"""Scores one lead alone, known or made up, on any day: what is landed is cut down to that lead."""
# ruff: noqa: S608 (names in SQL are those of tables)

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection
from rapidfuzz import process

from scripts.landing.contract import MACROS, Field, checked, checks, read_contract
from scripts.scoring.rescore import LIVE, Rescoring
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    ALL_EVENT_DAYS,
    CLOCK,
    EVENT_KEYS,
    EVENT_MEASURES,
    HISTORY_DUE,
    LEAD_ACCOUNTS,
    LEAD_IDENTITIES,
    MODEL_ATTRIBUTES,
    OPPORTUNITIES,
)
from scripts.shared.warehouse import quote_identifier

MADE_UP = "made-up lead"

# Tables of raw that belong to a lead, and the column that says to which one.
OF_LEAD = ("leads", "lead_events", "payments", "lead_feedback")
OF_DEAL = ("opportunities", "opportunity_leads", "opportunity_stages")

# What depends on all that is landed, not on one lead: rates between currencies, and what words and
# titles stand for.
_RATES = "int_exchange_rates"
_WORDS = ("int_words", "int_job_titles")
_OF_ALL = (_RATES, *_WORDS)

# What a made-up lead can't be given: who it is, and what follows from its days and events.
_NOT_GIVEN = {"lead_id", "merged_into_lead_id", "updated_at", "is_deleted"}
_FOLLOWS = {"tenure_days", "first_event_key"}
_SEGMENT = "in_segment:"

# An event that counts for a key by the first condition that the mapping has for it: globs without
# their stars are what they match.
EXAMPLE_EVENTS = f"""
select
    event_key, event_type, follows_event_key, within_days,
    replace(page_glob, '*', '') as page_url,
    case when property is not null then json_object(
        property, coalesce(nullif(replace(property_glob, '*', ''), ''), 'x')
    ) end as properties,
    cast(min_duration_seconds as decimal(18, 3)) as duration_seconds
from {EVENT_KEYS}
qualify row_number() over (
    partition by event_key
    order by follows_event_key nulls first, event_type, page_glob, property, property_glob
) = 1
"""


@dataclass(frozen=True)
class MadeUpEvent:
    """What a made-up lead did on a day, `times` times: an event key of the mapping, or a type."""

    event: str
    day: date
    times: int = 1


def score_known(
    scratch: Rescoring,
    survivor: str,
    day: date | None,
    seeds: Collection[str],
    results: Sequence[str],
) -> None:
    """Scores a person and the leads of the same accounts as if the clock stood on that day.

    Without a day it stands where it does. `seeds` names those that are laid already and differ from
    the live ones. A seed by which other leads are the same person is not seen to join them.
    """
    scratch.run({}, seeds, (), _OF_ALL)
    scratch.connection.execute(
        f"""create temp table chosen as
        with accounts as (
            select distinct account_id from {LIVE}.{LEAD_ACCOUNTS}
            where lead_id = $lead_id
        )
        select identities.lead_id from {LIVE}.{LEAD_IDENTITIES} as identities
        where identities.surviving_lead_id = $lead_id or identities.surviving_lead_id in (
            select lead_id from {LIVE}.{LEAD_ACCOUNTS}
            where account_id in (from accounts)
        )""",
        {"lead_id": survivor},
    )
    _add_deals(scratch, survivor)
    for name, known, of_them in (
        ("lead_id", "chosen", OF_LEAD),
        ("opportunity_id", "deals", OF_DEAL),
    ):
        for table in of_them:
            scratch.replace(
                f"raw.{table}", f"from {LIVE}.raw.{table} where {name} in (from {known})"
            )
    _score(scratch, {}, day, seeds, results)


def score_made_up(
    scratch: Rescoring,
    attributes: Mapping[str, str],
    events: Sequence[MadeUpEvent],
    day: date,
    seeds: Collection[str],
    results: Sequence[str],
) -> None:
    """Scores a lead that nobody landed, as if it alone were there and the clock stood on that day.

    `attributes` are columns of the contract and own columns, read as a file's cells are, and what
    follows from such columns, which then is as given. It came in on created_at, else on the day of
    its first event. Raises UserError for a name that nothing has and a value that can't be read.
    """
    scratch.run({}, seeds, (), (_RATES, "int_model_attributes"))
    _refuse_unknown(scratch, attributes, events, day)
    for table in read_contract():
        scratch.replace(f"raw.{table}", f"from {LIVE}.raw.{table} limit 0")
    first = min((event.day for event in events), default=day)
    _insert_lead(scratch.connection, {"created_at": f"{min(first, day)}", **attributes}, day)
    _insert_events(scratch.connection, events)
    landed = read_contract()["leads"].column_names
    given = {name: value for name, value in attributes.items() if name not in landed}
    scratch.connection.execute(
        """create temp table given as
        select unnest($names::varchar[]) as attribute, unnest($values::varchar[]) as value""",
        {"names": [*given], "values": [*given.values()]},
    )
    as_given = f"""
        select landed.* replace (coalesce(given.value, landed.value) as value)
        from ({scratch.sql("int_lead_attributes")}) as landed
        left join temp.given on landed.attribute = given.attribute
            and landed.lead_id = '{MADE_UP}'"""
    own_words = {name: scratch.sql(name) for name in _WORDS}
    _score(scratch, {"int_lead_attributes": as_given, **own_words}, day, seeds, results)


def given_attributes(scratch: DuckDBPyConnection) -> list[str]:
    """What a made-up lead can be given: columns of the contract, and what else rules ask for."""
    asked = {
        name for (name,) in scratch.sql(f"select attribute from {MODEL_ATTRIBUTES}").fetchall()
    }
    measures = scratch.sql(f"select measure from {EVENT_MEASURES}").fetchall()
    follow = _FOLLOWS | {name for (name,) in measures}
    columns = {*read_contract()["leads"].column_names} - _NOT_GIVEN
    return sorted(columns | {n for n in asked - follow if not n.startswith(_SEGMENT)})


def _score(
    scratch: Rescoring,
    replaced: Mapping[str, str],
    day: date | None,
    seeds: Collection[str],
    results: Sequence[str],
) -> None:
    """Runs what the results need, of the raw tables as they are now."""
    scratch.connection.execute("set variable as_of = $1", [day])
    clock = f"""
        select
            coalesce(getvariable('as_of')::date, clock_date) as clock_date,
            coalesce(getvariable('as_of')::date, facts_until_date) as facts_until_date
        from {LIVE}.{CLOCK}"""
    nothing_past = f"from {LIVE}.{HISTORY_DUE} limit 0"
    scratch.run(
        {"int_clock": clock, "int_history_due": nothing_past, **replaced},
        [*(f"raw.{name}" for name in read_contract()), *seeds],
        _OF_ALL,
        results,
    )


def _add_deals(scratch: Rescoring, survivor: str) -> None:
    """Puts into `deals` what may be the person's, and into `chosen` who else has a part in them.

    A deal is of its account's first lead only where nobody else has a part.
    """
    scratch.connection.execute(
        f"""create temp table deals as
        with touched as (
            select opportunity_id from {LIVE}.raw.opportunities
            where lead_id in (from chosen) or account_id in (
                select account_id from {LIVE}.{LEAD_ACCOUNTS} where lead_id = $lead_id
            )
            union
            select opportunity_id from {LIVE}.raw.opportunity_leads where lead_id in (from chosen)
        )
        select opportunity_id from {LIVE}.{OPPORTUNITIES} where surviving_opportunity_id in (
            select surviving_opportunity_id from {LIVE}.{OPPORTUNITIES} semi join touched
                using (opportunity_id)
        )""",
        {"lead_id": survivor},
    )
    scratch.connection.execute(
        f"""insert into chosen
        with parts as (
            select lead_id from {LIVE}.raw.opportunities where opportunity_id in (from deals)
            union
            select lead_id from {LIVE}.raw.opportunity_leads where opportunity_id in (from deals)
        )
        select lead_id from {LIVE}.{LEAD_IDENTITIES} where surviving_lead_id in (
            select surviving_lead_id from {LIVE}.{LEAD_IDENTITIES} semi join parts using (lead_id)
        )"""
    )


def _refuse_unknown(
    scratch: Rescoring, attributes: Mapping[str, str], events: Sequence[MadeUpEvent], day: date
) -> None:
    """Raises UserError for a name that nothing has, with one like it, and for a later day."""
    known = given_attributes(scratch.connection)
    if unknown := [name for name in attributes if name not in known]:
        own = scratch.connection.execute(
            f"""select distinct key from {LIVE}.raw.leads,
                unnest(json_keys(attributes)) as keys(key)"""
        ).fetchall()
        known += [key for (key,) in own]
        for name in unknown:
            _refuse_unless(name in known, "attribute", name, known)
    keys = scratch.connection.sql(f"select event_key, event_type from {EVENT_KEYS}").fetchall()
    mapped = [*dict.fromkeys(name for row in keys for name in row)]
    for event in events:
        if event.event not in mapped:
            occurred = scratch.connection.sql(
                f"select distinct event_key from {LIVE}.{ALL_EVENT_DAYS}"
            ).fetchall()
            mapped += [key for (key,) in occurred]
        _refuse_unless(event.event in mapped, "event", event.event, mapped)
        if event.times < 1:
            raise UserError(f"{event.event} on {event.day} {event.times} times; once is the least")
        if event.day > day:
            raise UserError(f"{event.event} on {event.day} is after {day}, the day of the score")


def _refuse_unless(is_known: bool, kind: str, name: str, known: Sequence[str]) -> None:
    if not is_known:
        likely = process.extractOne(name, known, score_cutoff=60)
        hint = f"; did you mean {likely[0]!r}?" if likely else ""
        raise UserError(f"there is no {kind} {name!r}{hint}")


def _insert_lead(connection: DuckDBPyConnection, cells: Mapping[str, str], day: date) -> None:
    """Lands the lead as a file with one row would. Raises UserError where a cell can't be read."""
    leads = read_contract()["leads"]
    connection.execute(MACROS)
    row = {"lead_id": MADE_UP, **cells}
    fields = [Field(place, name, "VARCHAR") for place, name in enumerate(row)]
    columns = ", ".join(f"cells[{n + 1}] as {field.column}" for n, field in enumerate(fields))
    connection.execute(
        f"""create temp table made_up_row as
        select {columns} from (select $cells::varchar[] as cells)""",
        {"cells": [*row.values()]},
    )
    query = checked(leads, "temp.made_up_row", fields, None)
    ((faults,),) = connection.sql(f"select faults from ({query})").fetchall()
    for number in faults or ():
        fault = checks(leads, None)[number - 1]
        raise UserError(f"{fault.column} {row.get(fault.column or '')!r} {fault.reason}")
    ((created,),) = connection.sql(f"select created_at::date from ({query})").fetchall()
    if created > day:
        raise UserError(f"created_at {created} is after {day}, the day of the score")
    names = ", ".join(map(quote_identifier, leads.column_names))
    connection.execute(
        f"""insert into raw.leads by name
        select {names}, attributes, date_only, 1 as landing_seq, $day::timestamp as landed_at
        from ({query})""",
        {"day": day},
    )


def _insert_events(connection: DuckDBPyConnection, events: Sequence[MadeUpEvent]) -> None:
    """Lands what the lead did: of a key what counts for it, else the type; a minute apart."""
    many = [event for event in events for _ in range(event.times)]
    connection.execute(
        f"""insert into raw.lead_events by name
        with did as (
            select
                unnest($events) as event, unnest($days::date[]) as day, unnest($times) as number
        )
        select
            'made up ' || did.number as event_id, '{MADE_UP}' as lead_id,
            coalesce(examples.event_type, did.event) as event_type,
            did.day + to_hours(8) + to_minutes(did.number % 900) as occurred_at,
            examples.page_url, examples.properties, examples.duration_seconds,
            did.number as landing_seq, did.day::timestamp as landed_at
        from did
        left join ({EXAMPLE_EVENTS}) as examples on did.event = examples.event_key""",
        {
            "events": [event.event for event in many],
            "days": [event.day.isoformat() for event in many],
            "times": [*range(1, len(many) + 1)],
        },
    )
