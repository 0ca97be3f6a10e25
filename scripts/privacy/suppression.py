"""Keeps erased people from coming back with a file: salted hashes of their ids and emails."""
# ruff: noqa: S608 (names in SQL come from the contract and this module)

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from duckdb import CatalogException, DuckDBPyConnection

from scripts.landing.contract import Entity
from scripts.privacy.person import Mentions, People
from scripts.shared.warehouse import quote_identifier, quote_literal

TABLES = """
create schema if not exists {catalog}.state;
create table if not exists {catalog}.state.suppression_salt (salt varchar);
create table if not exists {catalog}.state.suppressions (
    kind varchar, hash varchar, erased_at timestamp
);
"""

# Columns of raw that name a person, or what belongs to one. Who comes back with an email after the
# erasure comes of their own accord; an id is never given to anybody else.
_FOR_EVER = ("lead_id", "opportunity_id")
_UNTIL_ERASED = ("email", "person_id")


def _hashed(kind: str, text: str) -> str:
    """The hash of a text, as SQL over the table `salts`."""
    return f"sha256((select salt from salts) || '{kind}' || lower(trim({text})))"


def suppress(
    connection: DuckDBPyConnection,
    catalog: str,
    people: People,
    shared: Iterable[str],
    at: datetime,
) -> None:
    """Adds people to the list in the schema `state` of a catalog.

    Emails and person ids that are `shared` with others who stay are left out.
    """
    connection.execute(TABLES.format(catalog=catalog))
    state = f"{catalog}.state"
    connection.execute(
        f"insert into {state}.suppression_salt select $1 where not exists "
        f"(from {state}.suppression_salt)",
        [secrets.token_hex(32)],
    )
    kept_out = set(shared)
    kinds = {
        "lead_id": people.lead_ids,
        "opportunity_id": people.records["opportunity_id"],
        "email": people.emails,
        "person_id": people.person_ids,
    }
    for kind, names in kinds.items():
        connection.execute(
            f"""insert into {state}.suppressions
            with salts as (from {state}.suppression_salt), named as (select unnest($1) as name)
            select '{kind}', {_hashed(kind, "name")} as hash, $2 from named
            where hash not in (select hash from {state}.suppressions)
            order by hash""",
            [[name for name in names if name.lower() not in kept_out], at],
        )


def keep_suppressions(connection: DuckDBPyConnection, file: Path) -> None:
    """Copies the list of another warehouse, whose place this one takes."""
    connection.execute(f"attach {quote_literal(str(file))} as former (read_only)")
    found = connection.sql(
        """select table_name from duckdb_tables() where database_name = 'former'
        and schema_name = 'state' and table_name in ('suppression_salt', 'suppressions')"""
    ).fetchall()
    if found:
        catalog = connection.sql("select current_database()").fetchall()[0][0]
        connection.execute(TABLES.format(catalog=quote_identifier(catalog)))
        for (name,) in found:
            connection.execute(f"insert into state.{name} from former.state.{name}")
    connection.execute("detach former")


def mark_suppressed(connection: DuckDBPyConnection, entity: Entity, status: int) -> None:
    """Gives the good rows of `incoming_<entity>` that are of people who were erased a status.

    An email tells of a lead alone: a person of sales may have been one, too.
    """
    if not _anybody_erased(connection):
        return
    for kind in (*_FOR_EVER, *_UNTIL_ERASED):
        is_until_erased = kind in _UNTIL_ERASED
        if kind not in entity.column_names or (
            is_until_erased and "created_at" not in entity.column_names
        ):
            continue
        until = "and coalesce(created_at <= erased_at, true)" if is_until_erased else ""
        connection.execute(
            f"""update incoming_{entity.name} set status = {status}
            from (
                select name, max(erased_at) as erased_at
                from (select distinct {kind} as name from incoming_{entity.name}) as names
                inner join state.suppressions as listed
                    on listed.kind = '{kind}' and listed.hash = {_hashed(kind, "name")}
                group by name
            ) as erased
            where {kind} = name and status is null {until}"""
        )


def erased_leads(connection: DuckDBPyConnection, lead_ids: Sequence[str]) -> dict[str, datetime]:
    """Those of some leads that were erased, and when (UTC)."""
    if not _anybody_erased(connection):
        return {}
    found = connection.execute(
        f"""select name, erased_at from (select unnest($1) as name)
        inner join state.suppressions as listed
            on listed.kind = 'lead_id' and listed.hash = {_hashed("lead_id", "name")}""",
        [list(lead_ids)],
    ).fetchall()
    return dict(found)


def suppressed_words(connection: DuckDBPyConnection, texts: Iterable[str]) -> Mentions:
    """Tells which texts, of those given, name a person who was erased."""
    if not _anybody_erased(connection):
        return Mentions(())
    words = sorted({word for text in texts for word in Mentions.words_of(text)})
    named = " or ".join(
        f"{_hashed(kind, 'name')} in (select hash from state.suppressions where kind = '{kind}')"
        for kind in (*_FOR_EVER, *_UNTIL_ERASED)
    )
    found = connection.execute(
        f"select name from (select unnest($1) as name) where {named}", [words]
    ).fetchall()
    return Mentions(name for (name,) in found)


def _anybody_erased(connection: DuckDBPyConnection) -> bool:
    """Whether the list has anybody; then the salt is at hand in the table `salts`."""
    try:
        if not connection.sql("from state.suppressions limit 1").fetchall():
            return False
    except CatalogException:
        return False
    connection.execute("create or replace temp table salts as from state.suppression_salt")
    return True
