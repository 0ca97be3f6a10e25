"""What a BI tool's stack, SQLAlchemy with duckdb-engine, sees during builds and publications."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from scripts.run import RunResult
from scripts.shared.paths import PROJECT
from tests.python.conftest import Warehouse

OLD = "the version before"


@pytest.fixture
def warehouse(sample: tuple[Warehouse, RunResult], tmp_path: Path) -> Iterator[Warehouse]:
    """The sample's copy, whose published file can be told from what is published next."""
    with sample[0].copied(tmp_path / "copy") as warehouse:
        with duckdb.connect(str(published(warehouse))) as connection:
            connection.execute("update marts.run_info set project_version = ?", [OLD])
        yield warehouse


def published(warehouse: Warehouse) -> Path:
    return warehouse.folder / "published" / "leads.duckdb"


def client(warehouse: Warehouse) -> Engine:
    """The engine of docs/bi.md."""
    uri = f"duckdb:///{published(warehouse)}?access_mode=read_only"
    return create_engine(uri, poolclass=NullPool)


def marts(warehouse: Warehouse) -> set[str]:
    """The marts that the project declares."""
    manifest = json.loads((warehouse.folder / "target" / "manifest.json").read_text("utf-8"))
    return {
        node["alias"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }


def assert_readable(connection: Connection, names: set[str]) -> None:
    """A client finds the marts, their columns and rows."""
    assert set(inspect(connection).get_table_names(schema="marts")) == names
    for name in names:
        # A result that is left half read can hang in DuckDB 1.5: BI tools ask for a page at a time.
        found = connection.execute(text(f"select * from marts.{name} limit 100"))
        assert len(found.keys()) > 1 and (found.fetchall() or name == "data_issues")


def version(connection: Connection) -> str:
    return str(connection.execute(text("select project_version from marts.run_info")).scalar_one())


def going_on(warehouse: Warehouse, *command: str) -> Iterator[None]:
    """Run a command in another process, and give back once for each look at it while it runs."""
    process = subprocess.Popen(
        command, env=os.environ | warehouse.environment, stdout=subprocess.DEVNULL
    )
    while process.poll() is None:
        yield
    assert process.returncode == 0


@pytest.mark.slow
def test_every_mart_is_read_while_a_build_goes_on(warehouse: Warehouse) -> None:
    names, reads = marts(warehouse), 0
    dbt = str(Path(sys.executable).with_name("dbt"))
    for _ in going_on(warehouse, dbt, "--quiet", "build", "--select", "run_info"):
        with client(warehouse).connect() as connection:
            assert_readable(connection, names)
            assert version(connection) == OLD
        reads += 1
    assert reads > 1


def test_a_held_connection_keeps_what_it_saw_and_the_next_sees_what_is_new(
    warehouse: Warehouse,
) -> None:
    names, reads = marts(warehouse), 0
    with client(warehouse).connect() as held:
        for _ in going_on(warehouse, sys.executable, "-m", "scripts", "publish"):
            assert_readable(held, names)
            reads += 1
        assert_readable(held, names)
        assert version(held) == OLD
    with client(warehouse).connect() as connection:
        assert version(connection) != OLD
    assert reads > 1


def test_a_client_cannot_write(warehouse: Warehouse) -> None:
    with client(warehouse).connect() as connection, pytest.raises(DBAPIError, match="read-only"):
        connection.execute(text("delete from marts.lead_score"))


def test_the_file_carries_the_contract(warehouse: Warehouse) -> None:
    page = PROJECT / "models/marts/scoring/_scoring__models.yml"
    (described,) = (
        model
        for model in yaml.safe_load(page.read_text("utf-8"))["models"]
        if model["name"] == "lead_score"
    )
    never_null = {
        column["name"]
        for column in described["columns"]
        if any(bound["type"] == "not_null" for bound in column.get("constraints", ()))
    }
    with client(warehouse).connect() as connection:
        columns = connection.execute(
            text(
                """select column_name, comment, is_nullable from duckdb_columns()
                where schema_name = 'marts' and table_name = 'lead_score'"""
            )
        ).fetchall()
        assert {name for name, _, is_nullable in columns if not is_nullable} == never_null
        assert {name: comment for name, comment, _ in columns} == {
            column["name"]: column["description"] for column in described["columns"]
        }
        silent = """select table_name from duckdb_columns() where schema_name = 'marts'
            and comment is null union all from (select table_name from duckdb_tables()
            where schema_name = 'marts' and comment is null)"""
        assert connection.execute(text(silent)).fetchall() == []


def test_the_queries_of_the_page_answer(warehouse: Warehouse) -> None:
    page = (PROJECT / "docs/bi.md").read_text("utf-8")
    queries = [
        sql for block in re.findall(r"```sql\n(.+?)```", page, re.S) for sql in block.split(";\n")
    ]
    with client(warehouse).connect() as connection:
        answers = [connection.execute(text(sql)).fetchall() for sql in queries if sql.strip()]
    assert len(answers) > 3 and all(answers)
