"""Which records differ from what was last sent of them, and by enough to be sent again."""
# ruff: noqa: S608 (names in SQL are those of the interface and of seeds, quoted)

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from duckdb import DuckDBPyConnection

from scripts.sales.exporting.change import Change
from scripts.sales.exporting.sent import sent_before
from scripts.sales.published import published_clock
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    EXPERIMENT_LEADS,
    EXPORT_FIELDS,
    LEAD_IDENTITIES,
    LEAD_PROFILES,
    LEAD_VERSIONS,
)
from scripts.shared.settings import project_var
from scripts.shared.warehouse import quote_identifier, quote_literal

# How many rows are looked at at a time.
_SLICE = 10_000

# The records that a system gave ids, of those that are there: where one went into another, that
# one, whether it was landed or not. A system's ids begin with its prefix, $1; $2 tells them apart
# from what others gave such a name.
RECORDS = f"""
with recursive versions as (
    select
        lead_id, is_deleted_then,
        case when starts_with(merged_into_lead_id, $1) then merged_into_lead_id end as into_id
    from {LEAD_VERSIONS}
    where is_current and starts_with(lead_id, $1)
),

reached as (
    select lead_id, lead_id as record_id from versions

    union

    select reached.lead_id, versions.into_id
    from reached
    inner join versions on reached.record_id = versions.lead_id
    where versions.into_id is not null
)

select reached.record_id, min(identities.surviving_lead_id) as lead_id
from reached
inner join {LEAD_IDENTITIES} as identities on reached.lead_id = identities.lead_id
left join versions on reached.record_id = versions.lead_id
where versions.into_id is null
    and versions.is_deleted_then is not true
    and regexp_full_match(substr(reached.record_id, length($1) + 1), $2)
group by reached.record_id
"""
_LEADS = "select lead_id as record_id, lead_id from published.marts.lead_score"


@dataclass(frozen=True)
class Field:
    """A field of a destination, and the column of the published marts that fills it.

    `sent_for` says for which change of it a record is sent: any (change), one of at least
    `export_min_change` (min_change), or none (empty).
    """

    name: str
    mart: str
    column: str
    sent_for: str


@dataclass(frozen=True)
class Example:
    """A lead of which something is to be sent: for each field that differs, what was, what is."""

    lead_id: str
    differences: dict[str, tuple[str | None, str]]


@dataclass(frozen=True)
class Due:
    """What is to be sent: how many changes, of how many records of so many leads with a score."""

    connection: DuckDBPyConnection
    clock_date: date
    leads: int
    leads_with_record: int
    records: int
    changes: int

    def __iter__(self) -> Iterator[Change]:
        """The changes, those of the highest scores first."""
        for row in self._rows():
            yield Change(row[0], json.loads(row[2]))

    def examples(self, most: int) -> list[Example]:
        """The first changes, by lead, with what differs."""
        found = []
        for _, lead_id, values, before in self._rows(most):
            now, old = json.loads(values), json.loads(before or "{}")
            differing = {name: (old.get(name), now[name]) for name in now}
            found.append(Example(lead_id, {n: v for n, v in differing.items() if v[0] != v[1]}))
        return found

    def _rows(self, most: int | None = None) -> Iterator[tuple[str, str, str, str | None]]:
        for start in range(0, self.changes if most is None else min(most, self.changes), _SLICE):
            end = start + (_SLICE if most is None else most)
            yield from self.connection.execute(
                """select record_id, lead_id, now, before from due
                where place > $1 and place <= $2 order by place""",
                [start, end],
            ).fetchall()


def find_due(
    connection: DuckDBPyConnection, destination: str, prefix: str = "", own_id: str = ""
) -> Due:
    """What is to be sent to a destination, by the published marts and what was sent before.

    With a `prefix` it goes to the records that a system gave, whose ids behind the prefix are as
    the pattern `own_id`; else to leads. Who was deleted or has objected by now is left out; of whom
    an experiment holds out the score is empty.
    Raises UserError where a field asks for a column that is not published.
    """
    clock_date = published_clock(connection)
    fields = _fields(connection, destination)
    addressed = f"({RECORDS if prefix else _LEADS})"
    values = ", ".join(f"{_text(connection, f, prefix)} as {_own(f)}" for f in fields)
    joins = " ".join(
        f"left join published.marts.{quote_identifier(mart)} using (lead_id)"
        for mart in sorted({field.mart for field in fields} - {"lead_score"})
    )
    pairs = ", ".join(f"{quote_literal(f.name)}, {_own(f)}" for f in fields)
    connection.execute(
        f"create or replace temp table addressed as {addressed}",
        [prefix, own_id][: 2 * bool(prefix)],
    )
    connection.execute(
        f"""create or replace temp table current as
        select
            addressed.record_id, lead_id,
            case when held_out.lead_id is null then lead_score.score end as ordering_score, {values}
        from addressed
        inner join published.marts.lead_score using (lead_id)
        left join (select distinct lead_id from {EXPERIMENT_LEADS} where is_held_out) as held_out
            using (lead_id)
        {joins}
        where lead_id in (
            select lead_id from {LEAD_PROFILES}
            where is_current and not is_deleted and not has_objected
        )"""
    )
    connection.execute(
        f"""create or replace temp table due as
        with answers as (
            select record_id, answered_at, is_accepted, sent_values
            from {sent_before(connection)} where destination = $destination
        ),

        accepted as (
            select record_id, max_by(sent_values, answered_at) as before, max(answered_at) as at
            from answers where is_accepted group by record_id
        ),

        rejected as (
            select record_id, max_by(sent_values, answered_at) as before, max(answered_at) as at
            from answers where not is_accepted group by record_id
        )

        select
            row_number() over (order by ordering_score desc nulls last, record_id) as place,
            record_id, lead_id, json_object({pairs}) as now, accepted.before
        from current
        left join accepted using (record_id)
        left join rejected using (record_id)
        where (accepted.at is null or {_differs(fields, "accepted.before")})
            and (
                rejected.at is null
                or accepted.at > rejected.at
                or rejected.at <= $again_from
                or {_differs(fields, "rejected.before")}
            )
        order by place""",
        {
            "destination": destination,
            "least": Decimal(str(project_var("export_min_change"))),
            "fields": sorted(field.name for field in fields),
            "again_from": datetime.now(UTC).replace(tzinfo=None)
            - timedelta(days=int(project_var("export_retry_days"))),
        },
    )
    ((leads, leads_with_record, records, changes),) = connection.sql(
        """select
            (select count(*) from published.marts.lead_score),
            (select count(distinct lead_id) from current),
            (select count(*) from current),
            (select count(*) from due)"""
    ).fetchall()
    return Due(connection, clock_date, leads, leads_with_record, records, changes)


def _fields(connection: DuckDBPyConnection, destination: str) -> list[Field]:
    rows = connection.execute(
        f"""select field, mart, mart_column, coalesce(sent_for, '') from {EXPORT_FIELDS}
        where destination = $1 order by field""",
        [destination],
    ).fetchall()
    if not rows:
        raise UserError(f"seeds/sales/export_fields.csv has no field for {destination}")
    return [Field(*row) for row in rows]


def _own(field: Field) -> str:
    return quote_identifier(f"field {field.name}")


def _text(connection: DuckDBPyConnection, field: Field, prefix: str) -> str:
    """The text of a field, as SQL: numbers without idle zeros, the system's ids without prefix."""
    found = connection.execute(
        """select data_type from duckdb_columns() where database_name = 'published'
        and schema_name = 'marts' and table_name = $1 and column_name = $2""",
        [field.mart, field.column],
    ).fetchall()
    if not found:
        raise UserError(
            f"seeds/sales/export_fields.csv fills {field.name} from {field.mart}.{field.column}, "
            "which is not published: name a column of a mart that docs/bi.md tells of"
        )
    place = f"published.marts.{quote_identifier(field.mart)}.{quote_identifier(field.column)}"
    text = f"coalesce({place}::varchar, '')"
    if field.mart == "lead_score" and field.column != "lead_url":
        text = f"if(held_out.lead_id is null, {text}, '')"
    if found[0][0].startswith("DECIMAL"):
        return f"if(contains({text}, '.'), rtrim(rtrim({text}, '0'), '.'), {text})"
    if prefix and field.column.endswith("_id"):
        return f"if(starts_with({text}, '{prefix}'), substr({text}, {len(prefix) + 1}), {text})"
    return text


def _differs(fields: Sequence[Field], before: str) -> str:
    """Whether a record is to be sent again: it differs enough, or has other fields than before."""
    conditions = [f"list_sort(json_keys({before})) <> $fields"]
    for field in fields:
        old, now = f"({before} ->> {quote_literal(field.name)})", _own(field)
        if field.sent_for == "change":
            conditions.append(f"{now} <> {old}")
        elif field.sent_for == "min_change":
            number = "try_cast({} as decimal(38, 8))"
            far = f"abs({number.format(now)} - {number.format(old)}) >= $least"
            conditions.append(f"coalesce({far}, {now} <> {old})")
    return f"({' or '.join(conditions)})"
