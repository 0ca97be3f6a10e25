"""What is held on a person, how its score comes about and what follows, as a letter to read."""
# ruff: noqa: S608 (names in SQL are those of this module and of the interface)

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from duckdb import DuckDBPyConnection

from scripts.landing.contract import read_contract
from scripts.privacy.person import People, find_people, mark_people
from scripts.shared.errors import UserError
from scripts.shared.interface import CLOCK, LEAD_IDENTITIES, LEAD_PROFILES
from scripts.shared.warehouse import holds, reading

TEXTS = Path(__file__).parent / "letters"
LANGUAGES = tuple(sorted(file.stem for file in TEXTS.glob("*.txt")))

SURVIVING = f"""select surviving_lead_id from {LEAD_IDENTITIES}
    where lead_id in (from their_lead_id) order by all limit 1"""
# What holds now of a table that was landed, of the records that are the people's.
CURRENT = """
select {columns} from (
    select *, {held_at} as version_at from raw.{table} where {key} in (from their_{key})
)
qualify row_number() over (
    partition by {key} order by version_at desc nulls last, landing_seq desc
) = 1 and is_deleted is not true"""


def letter(lead_id: str, language: str | None = None) -> tuple[str, str]:
    """The letter to the person behind a lead, and the language that it is in.

    `language` is one of LANGUAGES; without it the person's own counts, else the most likely one
    of its country, else English. What people wrote, reasons among it, stays in their words. Raises
    UserError where the lead is not held, or the language is not there.
    """
    if language is not None and language not in LANGUAGES:
        raise UserError(f"there is no letter in {language!r}, only in {', '.join(LANGUAGES)}")
    with reading() as connection:
        people = find_people(connection, [lead_id])
        mark_people(connection, people)
        profile = _profile(connection)
        chosen = language or _language(profile)
        text = _filled(
            connection, people, profile, Locale(chosen, "GB" if chosen == "en" else None)
        )
    return text, chosen


def _filled(
    connection: DuckDBPyConnection, people: People, profile: Mapping[str, Any], locale: Locale
) -> str:
    """The text of the locale's language with all that is told in it."""
    labels: dict[str, dict[str, str]] = yaml.safe_load((TEXTS / "labels.yml").read_text("utf-8"))
    permissions = _of_lead(connection, "marts.lead_contact_permission")

    def called(name: str) -> str:
        return labels.get(name, {}).get(locale.language, name)

    def day(value: date) -> str:
        return str(format_date(value, "long", locale))

    def channels(*, may: bool) -> str:
        named = sorted(row["contact_channel"] for row in permissions if row["may_contact"] is may)
        return ", ".join(map(called, named))

    scores = _of_lead(connection, "marts.lead_score")
    events = _current(connection, "lead_events", "event_id", "event_type as name, occurred_at")
    verdicts = _current(connection, "lead_feedback", "feedback_id", "given_at, verdict, reason")
    clocks = _rows(connection, CLOCK, f"select clock_date from {CLOCK}")
    text = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEXTS),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # plain text
    )
    return text.get_template(f"{locale.language}.txt").render(
        today=day(clocks[0]["clock_date"]) if clocks else "",
        name=" ".join(
            _plain(profile[part]) for part in ("first_name", "last_name") if profile.get(part)
        ),
        profile=[(called(name), text) for name, text in _told(profile, labels, locale)],
        leads=len(people.lead_ids),
        events=[
            {"name": _plain(name), "count": len(days), "first": day(days[0]), "last": day(days[-1])}
            for name, days in _days(events).items()
        ],
        deals=len(people.records["opportunity_id"]),
        payments=len(people.records["payment_id"]),
        score=_score(scores[0], locale) if scores else None,
        reasons=[
            {"points": _number(row["points"], locale, sign=True), "text": _plain(row["reason"])}
            for row in _reasons(connection, scores)
        ],
        may=channels(may=True),
        may_not=channels(may=False),
        decisions=[
            {
                "date": day(row["given_at"]),
                "accepted": row["verdict"] == "accepted",
                "reason": _plain(row["reason"] or ""),
            }
            for row in sorted(verdicts, key=lambda row: (row["given_at"], row["verdict"]))
        ],
    )


def _language(profile: Mapping[str, Any]) -> str:
    """The language of a person among LANGUAGES."""
    for name in (str(profile.get("language") or ""), f"und-{profile.get('country') or ''}"):
        try:
            language = Locale.parse(name, sep="-").language
        except (UnknownLocaleError, ValueError):
            continue
        if language in LANGUAGES:
            return str(language)
    return "en"


def _score(row: Mapping[str, Any], locale: Locale) -> dict[str, str]:
    return {
        "date": str(format_date(row["score_date"], "long", locale)),
        "value": _number(row["score"], locale),
        "sum": _number(row["raw_score"], locale),
        "band": _plain(row["band"]),
        "action": _plain(row["next_action"] or ""),
    }


def _number(value: Decimal, locale: Locale, *, sign: bool = False) -> str:
    text = str(format_decimal(value, "#,##0.####", locale))
    return f"+{text}" if sign and value > 0 else text


def _told(
    profile: Mapping[str, Any], names_told: Iterable[str], locale: Locale
) -> Iterator[tuple[str, str]]:
    """The named columns of a profile that hold something, as a person reads them, then its own."""
    names: dict[str, Mapping[str, str]] = {
        "country": locale.territories,
        "language": locale.languages,
    }
    for name in names_told:
        value = profile.get(name)
        if value in (None, ""):
            continue
        if isinstance(value, datetime):
            value = format_date(value, "long", locale)
        elif isinstance(value, int | Decimal):
            value = _number(Decimal(value), locale)
        text = str(value)
        yield name, _plain(names[name].get(text, text) if name in names else text)
    for name, value in sorted(json.loads(profile.get("attributes") or "{}").items()):
        if value not in (None, ""):
            yield name, _plain(str(value))


def _plain(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def _days(events: Sequence[Mapping[str, Any]]) -> dict[str, list[date]]:
    """The days of events of each name, both in order."""
    found: dict[str, list[date]] = {}
    for event in sorted(events, key=lambda event: (event["name"], event["occurred_at"])):
        found.setdefault(event["name"], []).append(event["occurred_at"])
    return found


def _profile(connection: DuckDBPyConnection) -> Mapping[str, Any]:
    """What is known now of the person; empty where nothing was built or only events are held."""
    sql = f"from {LEAD_PROFILES} where is_current and lead_id in ({SURVIVING})"
    rows = _rows(connection, LEAD_PROFILES, sql)
    return rows[0] if rows else {}


def _of_lead(connection: DuckDBPyConnection, mart: str) -> list[dict[str, Any]]:
    if not holds(connection, LEAD_PROFILES):
        return []  # no build came as far as marts
    return _rows(connection, mart, f"from {mart} where lead_id in ({SURVIVING}) order by all")


def _reasons(
    connection: DuckDBPyConnection, scores: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Why the model that counts for the person gave its points, the most first."""
    models = {row["score_model"] for row in scores}
    found = _of_lead(connection, "marts.lead_score_factors")
    return sorted(
        (row for row in found if row["score_model"] in models and row["points"]),
        key=lambda row: (-row["points"], row["rule_id"]),
    )


def _current(
    connection: DuckDBPyConnection, table: str, key: str, columns: str
) -> list[dict[str, Any]]:
    held_at = read_contract()[table].held_at
    sql = CURRENT.format(table=table, key=key, columns=columns, held_at=held_at)
    return _rows(connection, f"raw.{table}", sql)


def _rows(connection: DuckDBPyConnection, table: str, sql: str) -> list[dict[str, Any]]:
    """The rows of a query on a table; none where the table was not made yet."""
    if not holds(connection, table):
        return []
    found = connection.sql(sql)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
