"""Put a copy of the marts where BI tools read it."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from scripts import paths
from scripts.errors import UserError
from scripts.lock import exclusive
from scripts.warehouse import connect, quote_identifier, quote_literal

SCHEMA = "marts"
COPY = "_copy"

# What people saw: a row for each lead whose score, band or model a publication changed, or that is
# no longer published (NULL). A lead keeps its row's score until its next row.
SCORES_SEEN = """
create schema if not exists state;
create table if not exists state.publications (
    published_at timestamp, run_id varchar, clock_date date
);
create table if not exists state.score_published (
    published_at timestamp, run_id varchar, lead_id varchar, score_model varchar,
    score decimal(18, 4), band varchar, score_date date
);
"""
CHANGES = """
insert into state.score_published
with last_seen as (
    select * from state.score_published
    qualify row_number() over (partition by lead_id order by published_at desc) = 1
)
select $published_at, $run_id, lead_id, now.score_model, now.score, now.band, now.score_date
from _copy.marts.lead_score as now
full join last_seen as seen using (lead_id)
where (now.score_model, now.score, now.band)
    is distinct from (seen.score_model, seen.score, seen.band)
order by lead_id
"""


@dataclass(frozen=True)
class PublishResult:
    """The published file and, by name, the rows of each table in it."""

    file: Path
    rows: dict[str, int]


def publish() -> PublishResult:
    """Copy every table of schema `marts` into the published file, in place of the old one.

    Views are left out. A reader that holds the old file keeps it; whoever connects next sees the
    new one. Raises UserError, and leaves the published file alone, where the working file or a
    mart of the last dbt run is missing or the working file is in use.
    """
    source, target = paths.warehouse_file(), paths.published_file()
    new = target.with_name(f"{target.name}.new")
    with exclusive("publish"):
        if not source.is_file():
            raise UserError(f"there is no warehouse at {source}; build it first: make run")
        expected = _expected_marts()
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(new)
        _remember_scores(target)
        try:
            rows = _copy(source, new, expected)
            _sync(new)
            new.replace(target)
        except duckdb.Error as error:
            cause = str(error).splitlines()[0]
            raise UserError(f"{source} cannot be published: {cause}") from error
        finally:
            _remove(new)
        _sync(target.parent)
        _remember_scores(target)
    return PublishResult(target, rows)


def _expected_marts() -> set[str]:
    """The tables that dbt builds from models/marts."""
    file = paths.target_folder() / "manifest.json"
    if not file.is_file():
        raise UserError(f"no dbt manifest at {file}; build the project first: make run")
    nodes = json.loads(file.read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["alias"]
        for node in nodes
        if node["resource_type"] == "model"
        and node["schema"] == SCHEMA
        and node["original_file_path"].startswith("models/marts/")
        and node["config"]["materialized"] not in ("view", "ephemeral")
    }


def _copy(source: Path, new: Path, expected: set[str]) -> dict[str, int]:
    """Copy the marts into a new file and return the rows of each table, by name."""
    with connect() as connection:
        found = connection.execute(
            "select table_name from duckdb_tables() where schema_name = ?"
            " and database_name = current_database() order by table_name",
            [SCHEMA],
        ).fetchall()
        tables = [name for (name,) in found]
        if missing := sorted(expected - set(tables)):
            raise UserError(f"{source} lacks {', '.join(missing)}; build the marts first: make run")
        connection.execute(f"attach {quote_literal(str(new))} as {COPY}")
        connection.execute(f"create schema {COPY}.{SCHEMA}")
        rows = {}
        for table in tables:
            original = f"{SCHEMA}.{quote_identifier(table)}"
            copy = f"{COPY}.{original}"
            connection.execute(f"create table {copy} as from {original}")
            rows[table] = _count(connection, copy)
            if rows[table] != _count(connection, original):
                raise UserError(f"the copy of {original} has {rows[table]} rows; publish again")
        # Detaching writes what is left of the log into the file.
        connection.execute(f"detach {COPY}")
        return rows


def _remember_scores(published: Path) -> None:
    """Append what the published file shows to `state`, unless it is there already.

    The time of publication is that of the file, so that a killed publication is made up for by the
    next one, with its own time.
    """
    if not published.is_file():
        return
    published_at = datetime.fromtimestamp(published.stat().st_mtime, UTC).replace(tzinfo=None)
    with connect() as connection:
        connection.execute(SCORES_SEEN)
        connection.execute(f"attach {quote_literal(str(published))} as {COPY} (read_only)")
        shown = connection.execute(
            "select count(*) from duckdb_tables() where database_name = ? and table_name = ?",
            [COPY, "run_info"],
        ).fetchone()
        if shown != (1,):
            return
        ((run_id, clock_date),) = connection.sql(
            "select run_id, clock_date from _copy.marts.run_info"
        ).fetchall()
        last = connection.sql(
            "select run_id from state.publications order by published_at desc limit 1"
        ).fetchone()
        if last != (run_id,):
            connection.begin()
            connection.execute(CHANGES, {"published_at": published_at, "run_id": run_id})
            connection.execute(
                "insert into state.publications values (?, ?, ?)",
                [published_at, run_id, clock_date],
            )
            connection.commit()


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.sql(f"from {table}").count("*").fetchall()[0][0])


def _remove(file: Path) -> None:
    """Remove what a killed or failed publication left: the file and DuckDB's files beside it."""
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
