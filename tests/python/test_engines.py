"""Whoever takes DuckDB 2 in place of 1.5 gets the same numbers, in files that both read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from scripts.run import RunResult
from scripts.shared.paths import PROJECT
from tests.python.conftest import Warehouse

# Where `make test` lays DuckDB 2 alone.
DUCKDB_2 = PROJECT / "target" / "duckdb2"
# Of one engine, or asked for by what is there for one alone.
OF_ONE_ENGINE = r"(dbt-bouncer|jellyfish|junitparser|semver|duckdb|duckdb-extension-[a-z-]+)==.+"
PUBLISHED, KPIS = Path("published/leads.duckdb"), Path("kpis/kpis.csv")


def test_the_engines_differ_in_nothing_else() -> None:
    one, two = (
        {*(PROJECT / file).read_text().split()}
        for file in ("requirements.txt", "requirements-duckdb2.txt")
    )
    assert len(one & two) > 100
    assert [line for line in sorted(one ^ two) if not re.fullmatch(OF_ONE_ENGINE, line)] == []


@pytest.mark.skipif(not DUCKDB_2.is_dir(), reason=f"no DuckDB 2: make {DUCKDB_2.name}")
@pytest.mark.skipif(duckdb.__version__ >= "2", reason="the sample is DuckDB 2's already")
def test_the_sample_comes_to_the_same_on_duckdb_2(
    sample: tuple[Warehouse, RunResult], tmp_path: Path
) -> None:
    """Read by this DuckDB, version 1, as most BI tools are."""
    first, second = sample[0], Warehouse(tmp_path / "second")
    subprocess.run(
        [sys.executable, "-m", "scripts", "run"],
        cwd=PROJECT,
        env={**os.environ, **second.environment, "PYTHONPATH": str(DUCKDB_2)},
        check=True,
    )
    assert b"v2." in (second.folder / PUBLISHED).read_bytes()[:4096]
    assert (second.folder / KPIS).read_bytes() == (first.folder / KPIS).read_bytes()
    with duckdb.connect() as connection:
        for name, warehouse in (("first", first), ("second", second)):
            connection.execute(f"attach '{warehouse.folder / PUBLISHED}' as {name} (read_only)")
        tables, of_second = (
            connection.execute(
                "select table_name, sql from duckdb_tables() where database_name = ? order by all",
                [name],
            ).fetchall()
            for name in ("first", "second")
        )
        assert tables == of_second
        differing = {
            table: connection.sql(
                f"""(from first.marts.{table} except all from second.marts.{table})
                union all (from second.marts.{table} except all from first.marts.{table})"""
            ).fetchall()
            for table, _ in tables
        }
    assert {table: rows for table, rows in differing.items() if rows} == {}
