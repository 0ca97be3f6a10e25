"""Who a person is in the warehouse: the ids of all its leads, and what tells of it elsewhere."""
# ruff: noqa: S608 (names in SQL come from the catalog and are quoted)

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection
from duckdb.func import FunctionNullHandling

from scripts.landing.contract import landed_id, read_contract
from scripts.shared.errors import UserError
from scripts.shared.interface import LEAD_IDENTITIES
from scripts.shared.text import text_key
from scripts.shared.warehouse import holds, quote_identifier

# Shorter ids occur in any text by chance.
LONG = 6

# What ends a word where a text may name a person: a field of a CSV, of JSON, of a URL.
_DELIMITERS = r"[\s,;|\"'<>(){}\[\]:=/\\&?]+"

# Columns of a person's name, in the order in which they make the whole.
NAMES = ("first_name", "last_name")

# Ids by which rows name what belongs to a lead, and the table of raw that says to whom.
RECORDS = {
    "opportunity_id": "opportunities",
    "event_id": "lead_events",
    "payment_id": "payments",
    "feedback_id": "lead_feedback",
}


# Columns by which a row, of raw and of what is made of it, is a person's.
OF_PEOPLE = ("lead_id", "opportunity_id", "record_id")

# Tables of texts that may name a person in passing.
TEXTS = ("rejected_rows", "rejected_cells", "data_issues")


@dataclass(frozen=True)
class People:
    """All that tells of the people whose leads were named, as landed.

    `lead_ids` holds all leads of each person, `records` the ids of the opportunities, events,
    payments and feedback that are theirs by the last word on each, `names` their first, last and
    whole names, `values` every text of their leads.
    """

    lead_ids: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    person_ids: tuple[str, ...]
    records: dict[str, tuple[str, ...]]
    names: tuple[str, ...]
    values: tuple[str, ...]

    def all_records(self) -> list[str]:
        """Ids of the leads and of all that belongs to them."""
        return [*self.lead_ids, *(name for names in self.records.values() for name in names)]

    def marks(self, *, long: bool) -> list[str]:
        """Emails, phones and ids, in lower case; with `long`, none that is too short to search."""
        found = {*self.emails, *self.phones, *self.person_ids, *self.all_records()}
        lowered = {mark.strip().lower() for mark in found}
        return sorted(
            form
            for mark in lowered
            for form in {mark, *written(mark)}
            if len(mark) >= (LONG if long else 1)
        )


def written(text: str) -> tuple[str, str, str]:
    """A text in lower case as it stands in URLs, in JSON and in a table of Markdown."""
    return text.replace("@", "%40"), json.dumps(text)[1:-1], markdown_cell(text)


def markdown_cell(value: object) -> str:
    """A value as a cell of a table in Markdown."""
    text = "" if value is None else str(value)
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").split())


def find_people(connection: DuckDBPyConnection, lead_ids: Iterable[str]) -> People:
    """The people of some leads. Raises UserError for a lead that is not held.

    Held is also a lead of which only events and the like were landed, or rows set aside. A lead
    whose id is an email address may be named by it.
    """
    named = {name: {name, landed_id(name)} for name in lead_ids}
    if not holds(connection, "raw.leads"):
        raise UserError("nothing was landed yet")
    held = _held(connection, sorted(set[str]().union(*named.values())))
    if missing := sorted(name for name, ids in named.items() if held.isdisjoint(ids)):
        raise UserError(f"no lead {missing[0]!r} is held")
    found = _whole_people(connection, sorted(held))
    leads = _rows(
        connection,
        """select columns(* exclude (landing_seq, landed_at)) from raw.leads
        where lead_id in (from unnest($1))""",
        (found,),
    )
    names = [column[0] for column in connection.description or ()]
    texts: dict[str, set[str]] = {column: set() for column in names}
    called: set[str] = set()
    for row in leads:
        lead = {name: str(v) for name, v in zip(names, row, strict=True) if v not in (None, "")}
        for name, text in lead.items():
            texts[name].add(text)
        called.update(parts := [lead[part] for part in NAMES if part in lead])
        called.add(" ".join(parts))
    extra = {leaf for text in texts.pop("attributes", set()) for leaf in _leaves(json.loads(text))}
    written = {c.name for c in read_contract()["leads"].columns if c.data_type == "varchar"}
    values = {value for name in written for value in texts[name]} | extra
    values |= {email.split("@")[-1] for email in texts["email"]}
    keys = {key for value in values if (key := text_key(value))}
    records = {
        column: _names(connection, _theirs(column, table), found)
        for column, table in RECORDS.items()
    }
    return People(
        lead_ids=tuple(found),
        emails=tuple(sorted(texts["email"])),
        phones=tuple(sorted(texts["phone"])),
        person_ids=tuple(sorted(texts["person_id"])),
        records=records,
        names=tuple(sorted(called - {""})),
        values=tuple(sorted({*values, *keys, *(value.lower() for value in values)})),
    )


def _held(connection: DuckDBPyConnection, asked: list[str]) -> set[str]:
    """The leads of which there is any row, be it one that was set aside."""
    named_in = [
        (column, entity.name)
        for entity in read_contract().values()
        for column in ("lead_id", "merged_into_lead_id", "alias_id")
        if column in entity.column_names
    ]
    found = {
        name
        for column, table in named_in
        for name in _names(
            connection,
            f"select distinct {column} from raw.{table} where {column} in (from unnest($1))",
            asked,
        )
    }
    if missing := {*asked} - found:
        rejected = [
            text for (text,) in _rows(connection, "select original_row from raw.rejected_rows")
        ]
        found |= {name for name in missing if any(map(Mentions([name.lower()]), rejected))}
    return found


def _theirs(column: str, table: str) -> str:
    """The records of a table of raw whose current version names one of the leads in $1."""
    return f"""
        select {column} from (
            select {column}, lead_id, landing_seq, {read_contract()[table].held_at} as version_at
            from raw.{table} where {column} in (
                select {column} from raw.{table} where lead_id in (from unnest($1))
            )
        )
        group by {column}
        having last(lead_id order by version_at nulls first, landing_seq) in (from unnest($1))"""


def _whole_people(connection: DuckDBPyConnection, asked: list[str]) -> list[str]:
    """All leads of the people and their other names, as the last build knew them.

    Also merges and names of leads that it did not know.
    """
    is_built = holds(connection, LEAD_IDENTITIES)
    known = f"select lead_id from {LEAD_IDENTITIES}"
    queries = [
        f"""select {one} from raw.leads where {other} in (from unnest($1)) and {one} is not null"""
        + f" and (lead_id not in ({known}) or merged_into_lead_id not in ({known}))" * is_built
        for one, other in (
            ("lead_id", "merged_into_lead_id"),
            ("merged_into_lead_id", "lead_id"),
        )
    ]
    aliases = """(from raw.lead_aliases
        qualify landing_seq = max(landing_seq) over (partition by alias_id))"""
    queries += [
        f"select {one} from {aliases} where {other} in (from unnest($1)) and is_deleted is not true"
        for one, other in (("alias_id", "lead_id"), ("lead_id", "alias_id"))
        if holds(connection, "raw.lead_aliases")
    ]
    if is_built:
        queries.append(
            f"""select lead_id from {LEAD_IDENTITIES} where surviving_lead_id in (
                select surviving_lead_id from {LEAD_IDENTITIES}
                where lead_id in (from unnest($1))
            )"""
        )
    found: set[str] = set()
    new = set(asked)
    while new:
        found |= new
        new = {name for query in queries for name in _names(connection, query, sorted(new))} - found
    return sorted(found)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif value not in (None, ""):
        yield str(value)


class Mentions:
    """Tells whether a text names one of the people, as a word of its own or, if odd, anywhere."""

    def __init__(self, marks: Iterable[str]) -> None:
        """Marks are texts in lower case."""
        found = set(marks)
        self.words = {mark for mark in found if not re.search(_DELIMITERS, mark)}
        self.parts = sorted(found - self.words)

    @staticmethod
    def words_of(text: str) -> set[str]:
        """The words of a text, in lower case: what stands between commas, quotes and space.

        With an email address comes the id that it is landed as.
        """
        words = {word.strip(".") for word in re.split(_DELIMITERS, text)} - {""}
        return {word.lower() for word in words} | {landed_id(word) for word in words if "@" in word}

    def __call__(self, text: str | None) -> bool:
        """Whether the text names any of them."""
        if not text:
            return False
        return not self.words.isdisjoint(self.words_of(text)) or any(
            part in text.lower() for part in self.parts
        )


def mark_people(connection: DuckDBPyConnection, people: People) -> None:
    """Puts at hand for `of_people`, on this connection, who the people are."""
    for column, ids in {
        "lead_id": people.lead_ids,
        **people.records,
        "record_id": people.all_records(),
    }.items():
        connection.execute(
            f"create or replace temp table their_{column} as select unnest($1::varchar[]) as id",
            [list(ids)],
        )
    connection.create_function(
        "names_them",
        Mentions(people.marks(long=False)).__call__,
        ["varchar"],
        "boolean",
        null_handling=FunctionNullHandling.SPECIAL,
    )


def of_people(schema: str, table: str, columns: Sequence[str]) -> list[str]:
    """Conditions under any of which a row is of the people or names them; none where none can be.

    `columns` are the table's columns of text. They want `mark_people` first.
    """
    named = dict.fromkeys((*OF_PEOPLE, *(RECORDS if schema == "raw" else ())))
    conditions = [f"{name} in (from their_{name})" for name in named if name in columns]
    if table in TEXTS:
        texts = ", ".join(map(quote_identifier, columns))
        conditions.append(f"names_them(concat_ws(' ', {texts}))")
    return conditions


def any_of(conditions: Sequence[str]) -> str:
    """One condition, never NULL, that holds where any of some does."""
    return "(" + " or ".join(f"coalesce({condition}, false)" for condition in conditions) + ")"


def text_columns(connection: DuckDBPyConnection, catalog: str) -> dict[tuple[str, str], list[str]]:
    """The columns of text of each table of a catalog, by schema and table, in their order."""
    rows = _rows(
        connection,
        """select schema_name, table_name, list(column_name order by column_index)
            filter (where data_type in ('VARCHAR', 'JSON'))
        from duckdb_columns() where database_name = $1 and table_oid in (
            select table_oid from duckdb_tables() where database_name = $1
        ) group by all order by all""",
        (catalog,),
    )
    return {(schema, table): columns or [] for schema, table, columns in rows}


def _rows(
    connection: DuckDBPyConnection, sql: str, parameters: Iterable[object] = ()
) -> list[tuple[Any, ...]]:
    return connection.execute(sql, list(parameters)).fetchall()


def _names(connection: DuckDBPyConnection, sql: str, ids: list[str]) -> tuple[str, ...]:
    """The one column of a query with a list of ids as its only value, sorted."""
    return tuple(sorted(name for (name,) in _rows(connection, sql, (ids,))))


def qualified(catalog: str, schema: str, table: str) -> str:
    """The full name of a table, quoted."""
    return ".".join(map(quote_identifier, (catalog, schema, table)))
