"""Put a copy of the marts where BI tools read it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scripts import paths
from scripts.errors import UserError
from scripts.warehouse import connect, quote_identifier, quote_literal

SCHEMA = "marts"
COPY = "_copy"


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
    if not source.is_file():
        raise UserError(f"there is no warehouse at {source}; build it first: make run")
    expected = _expected_marts()
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.new")
    with _locked(target.parent) as folder:
        _remove(new)
        try:
            rows = _copy(source, new, expected)
            _sync(new)
            new.replace(target)
        except duckdb.Error as error:
            cause = str(error).splitlines()[0]
            raise UserError(f"{source} cannot be published: {cause}") from error
        finally:
            _remove(new)
        os.fsync(folder)
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


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.sql(f"from {table}").count("*").fetchall()[0][0])


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Hold the folder for one publication at a time; a killed one lets go by itself."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _remove(file: Path) -> None:
    """Remove what a killed or failed publication left: the file and DuckDB's files beside it."""
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
