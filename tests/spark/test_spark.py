"""Every mart built by two Spark workers equals DuckDB's, row by row and to the last decimal."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from scripts.landing.sample import write_sample
from scripts.scoring.spark import build_on_spark
from tests.python.conftest import Warehouse
from tests.universe import universe
from tests.warehouse import build

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed: make test-spark")

# Two worker processes of one core and 1 GB each; few partitions, since the data are small.
SUBMIT = "--master local-cluster[2,1,1024] --conf spark.sql.shuffle.partitions=4 pyspark-shell"
LEADS, SHOWN = 300, 3


@pytest.fixture(scope="module", params=["sample", "universe"])
def warehouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse built on both engines: made-up leads, or all that rules can say."""
    folder = tmp_path_factory.mktemp(request.param)
    built = Warehouse(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in built.environment.items():
            patch.setenv(name, value)
        patch.setenv("PYSPARK_SUBMIT_ARGS", SUBMIT)
        patch.setenv("SPARK_HOME", str(Path(pyspark.__file__).parent))
        variables = _build_sample(built) if request.param == "sample" else _build_universe(folder)
        if (folder / "seeds").is_dir():
            patch.setenv("LEADS_SEEDS", str(folder / "seeds"))
        build_on_spark(lambda done, total, name: None, ["--vars", json.dumps(variables)])
    with duckdb.connect(str(built.file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def _build_sample(warehouse: Warehouse) -> dict[str, str | bool]:
    """Build the sample on DuckDB; the variables of the build."""
    write_sample(warehouse.folder / "data", LEADS, seed=42)
    warehouse.run(warehouse.folder / "data")
    return {}


def _build_universe(folder: Path) -> dict[str, str | bool]:
    """Build a universe on DuckDB, its seeds in the folder `seeds`; the variables of the build."""
    made = universe(seed=1, leads=40, models=25)
    variables: dict[str, str | bool] = {
        "as_of": made.as_of,
        "reporting_currency": made.reporting_currency,
        "match_leads_by_person": made.match_leads_by_person,
    }
    build(folder, made.raw, made.seeds, ["+path:models/marts"], **variables).close()
    return variables


def test_every_mart_equals_that_of_duckdb(warehouse: duckdb.DuckDBPyConnection) -> None:
    marts = [name for (name,) in warehouse.sql("""
        select table_name from duckdb_tables() where schema_name = 'marts' order by all
    """).fetchall()]  # fmt: skip
    assert "lead_score_history" in marts
    different = {mart: rows for mart in marts if (rows := _difference(warehouse, mart))}
    assert not different


def _difference(connection: duckdb.DuckDBPyConnection, mart: str) -> list[tuple[object, ...]]:
    """A few rows that only one of the engines has, the engine first."""
    (file,) = connection.sql(
        "select path from duckdb_databases() where path is not null"
    ).fetchall()[0]
    tables = Path(str(file)).parent / "lake/tables/marts.db"
    columns = connection.sql(f"select * from marts.{mart} limit 0")
    typed = {
        # Statistics are sums of floating point, which end otherwise in another order.
        name: f"cast({name} as {kind})"
        if kind != "DOUBLE"
        else f"printf('%.9g', cast({name} as double) + 0)"
        for name, kind in zip(columns.columns, columns.types, strict=True)
    }
    selected = ", ".join(f"{value} as {name}" for name, value in typed.items())
    return connection.sql(f"""
        with duckdb_rows as (select {selected} from marts.{mart}),
        spark_rows as (select {selected} from read_parquet('{tables / mart}/*.parquet')),
        duckdb_alone as (from duckdb_rows except all from spark_rows),
        spark_alone as (from spark_rows except all from duckdb_rows)
        (select 'DuckDB', * from duckdb_alone order by all limit {SHOWN})
        union all
        (select 'Spark', * from spark_alone order by all limit {SHOWN})
    """).fetchall()
