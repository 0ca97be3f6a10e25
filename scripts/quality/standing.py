"""Where one stands after a build: which rules fire, what of the data no rule uses, what next."""
# ruff: noqa: S608 (names of tables are those of `interface`)

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from scripts.quality.evaluation import LEAST_OF_EACH
from scripts.quality.point_tables import read_rows
from scripts.quality.proposing.reading import NAMES_OF_ONE
from scripts.scoring.champion import champion_at_clock
from scripts.seeds.checks.seeds import profile_attributes
from scripts.seeds.checks.vocabulary import CRM_EVENTS
from scripts.shared.interface import (
    ALL_EVENT_DAYS,
    EVALUATION_LEADS,
    EVENT_MEASURES,
    LEAD_PROFILES,
    MODEL_ATTRIBUTES,
    RULES,
    SEGMENTS,
)
from scripts.shared.warehouse import quote_identifier, reading

# What is derived from a landed column: a rule on the one uses the other.
_DERIVED = {
    "seniority": ("job_title",),
    "title_role": ("job_title",),
    "department_group": ("department", "job_title"),
    "employee_band": ("employee_count",),
    "region": ("region", "country"),
    "channel": ("lead_source",),
}
# No candidates for rules of their own, or made of others.
_NOT_LANDED = {
    *_DERIVED, "email_domain", "email_domain_kind", "is_role_mailbox", "time_zone", "currency",
    "consent_status", "language",
} - {"region"}  # fmt: skip
_SHOWN = 10
# Words that leads have, each with the attributes whose rules may use it; rarer words are not shown,
# as they may be one person's.
_WORDS = {
    "job_title": ("job_title", "seniority", "title_role", "department_group"),
    "lead_source": ("lead_source", "channel"),
}
_LEAST_LEADS = 5


@dataclass(frozen=True)
class Standing:
    """What the champion's rules make of the data of the last build.

    `wins` are the leads that count, as of the day that measures quality, and became customers.
    `unused_words` are titles and sources for which no rule fired, by column, with their leads.
    """

    score_model: str
    rules: int
    fired: int
    unused_columns: tuple[str, ...]
    unused_events: tuple[str, ...]
    unused_words: Mapping[str, Sequence[tuple[str, int]]]
    is_alike: bool
    wins: int
    leads: int


def standing() -> Standing | None:
    """Where the champion stands in the warehouse; None where no champion is live yet."""
    with reading() as connection:
        model = champion_at_clock(connection)
        if model is None:
            return None
        ((rules,),) = _rows(connection, f"select count(distinct rule_id) from {RULES} "
                            "where score_model = ?", model)  # fmt: skip
        fired_query = (
            "select count(distinct rule_id) from marts.lead_score_factors "
            f"where score_model = ? and rule_id in (select rule_id from {RULES})"
        )
        ((fired,),) = _rows(connection, fired_query, model)
        ((alike,),) = _rows(
            connection,
            "select count(distinct score) < 2 from marts.lead_score_by_model where score_model = ?",
            model,
        )
        ((wins, leads),) = connection.sql(
            f"""select coalesce(max(wins), 0), coalesce(max_by(leads, wins), 0) from (
                select count(*) filter (is_converted) as wins, count(*) as leads
                from {EVALUATION_LEADS}
                where status = 'evaluated' and outcome = 'customer' group by scored_day
            ) as days"""
        ).fetchall()
        columns, events = _unused_columns(connection, model), _unused_events(connection, model)
        words = {
            name: _unused_words(connection, model, name) for name in _WORDS if name not in columns
        }
    return Standing(model, rules, fired, columns, events, words, bool(alike), wins, leads)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, model: str) -> list[tuple[int, ...]]:
    return connection.execute(query, [model]).fetchall()


def _unused_columns(connection: duckdb.DuckDBPyConnection, model: str) -> tuple[str, ...]:
    """Columns that some lead has, of which neither they nor what is derived has a rule."""
    asked = {
        name
        for (name,) in connection.execute(
            f"select attribute from {MODEL_ATTRIBUTES} where score_model = ?", [model]
        ).fetchall()
    }
    used = asked | {source for name in asked for source in _DERIVED.get(name, ())}
    known = [
        name
        for name in profile_attributes()
        if "." not in name and name not in NAMES_OF_ONE | _NOT_LANDED
    ]
    counts = ", ".join(f"count({quote_identifier(name)})" for name in known)
    (filled,) = connection.sql(f"select {counts} from {LEAD_PROFILES} where is_current").fetchall()
    landed = [name for name, count in zip(known, filled, strict=True) if count]
    extra = connection.sql(
        f"""select distinct unnest(json_keys(attributes)) as key from {LEAD_PROFILES}
        where is_current order by key"""
    ).fetchall()
    return tuple(name for name in [*landed, *(key for (key,) in extra)] if name not in used)


def _unused_events(connection: duckdb.DuckDBPyConnection, model: str) -> tuple[str, ...]:
    """Types of landed events of which no key gives points, by a rule, a measure or a segment."""
    asked = {
        key
        for (key,) in connection.execute(
            f"""select unnest([event_key, requires_event_key]) from {RULES}
            where score_model = $model
            union
            select unnest([event_key, per_event_key]) from {EVENT_MEASURES}
            where measure in (
                select attribute from {MODEL_ATTRIBUTES} where score_model = $model
            )
            union
            select event_key from {SEGMENTS}
            where 'in_segment:' || segment in (
                select attribute from {MODEL_ATTRIBUTES} where score_model = $model
            )""",
            {"model": model},
        ).fetchall()
    }
    keys = read_rows("event_keys")
    mapped, types = ({row[name] for row in keys} for name in ("event_key", "event_type"))
    engages = "any_engagement" in asked
    used = asked | {
        row["event_type"]
        for row in keys
        if row["event_key"] in asked or (engages and row["is_engagement"].strip() == "yes")
    }
    occurred = connection.sql(f"select distinct event_key from {ALL_EVENT_DAYS}").fetchall()
    landed = {key for (key,) in occurred} - {*CRM_EVENTS, "any_engagement"} - (mapped - types)
    return tuple(sorted(landed - used))


def _unused_words(
    connection: duckdb.DuckDBPyConnection, model: str, column: str
) -> list[tuple[str, int]]:
    """Words of a column for which no rule fired for any lead, the most frequent first."""
    rules = [
        row["rule_id"].strip()
        for row in read_rows("attribute_points")
        if row["score_model"] == model and row["attribute"].strip() in _WORDS[column]
    ]
    return connection.execute(
        f"""select words.word, count(distinct lead_id) as leads
        from (
            select lead_id, trim({quote_identifier(column)}::varchar) as word
            from {LEAD_PROFILES} where is_current
        ) as words
        left join (
            select distinct lead_id, true as has_rule from marts.lead_score_factors
            where score_model = $model and list_contains($rules::varchar[], rule_id)
        ) as used using (lead_id)
        where words.word <> ''
        group by words.word
        having count(has_rule) = 0 and leads >= $least
        order by leads desc, words.word""",
        {"model": model, "rules": rules, "least": _LEAST_LEADS},
    ).fetchall()


def lines(found: Standing) -> Iterator[str]:
    """What is to be told after a run, and the next command, if any."""
    if found.is_alike:
        yield f"all leads have the same score: what {found.score_model} asks for tells none apart"
    yield f"{found.fired} of {found.rules} rules of {found.score_model} fired for some lead"
    if found.unused_columns:
        yield f"columns that no rule uses: {_listed(found.unused_columns)}"
    if found.unused_events:
        yield f"types of events that no rule uses: {_listed(found.unused_events)}"
    for column, words in found.unused_words.items():
        if words:
            counted = tuple(f"{word} ({leads:,})" for word, leads in words)
            yield f"{column.replace('_', ' ')}s for which no rule fires: {_listed(counted)}"
    losses = found.leads - found.wins
    if min(found.wins, losses) < LEAST_OF_EACH:
        yield (
            f"next, with {LEAST_OF_EACH} leads that became customers and {LEAST_OF_EACH} that did "
            f"not ({found.wins} and {losses} so far): python -m scripts propose"
        )
    elif found.is_alike or found.unused_columns or found.unused_events or not found.fired:
        yield "next, a point table out of what became of these leads: python -m scripts propose"


def _listed(names: tuple[str, ...]) -> str:
    left = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {left} more" if left > 0 else "")
