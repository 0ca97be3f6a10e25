"""Runs the models on Spark.

DuckDB lands; its raw tables become Parquet in the folder `lake/raw` beside the working file, where
Spark reads them, and Spark's own tables lie in `lake/tables`. `python -m scripts.scoring.spark
<arguments>` is dbt inside a Spark session, `python -m scripts.scoring.spark serve` a Thrift server
for dbt elsewhere: which master, how much memory and all other settings are Spark's
(`PYSPARK_SUBMIT_ARGS`, `SPARK_CONF_DIR`).
"""

import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scripts.sales import hours, routing
from scripts.scoring.build import Progress, run_dbt
from scripts.seeds.overlay import seed_path
from scripts.shared import statistics, text
from scripts.shared.errors import UserError
from scripts.shared.lock import exclusive
from scripts.shared.paths import lake_folder
from scripts.shared.warehouse import connect, quote_literal, tables_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def build_on_spark(
    progress: Progress,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> None:
    """Export the raw tables and build seeds and models on Spark.

    `progress` is told how far dbt is; `arguments` are dbt's, `environment` is added to that of the
    process. Raises UserError with dbt's words where a model fails, or where Spark is not installed,
    BusyError where another run holds the warehouse.
    """
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        raise UserError("Spark is not installed: pip install -r requirements-spark.txt") from error
    dbt = [sys.executable, "-m", "scripts.scoring.spark", "--log-format", "json"]
    with exclusive("spark"):
        export_raw()
        errors = run_dbt(
            progress,
            [*dbt, "build", "--resource-type", "seed", "model", *arguments],
            {**os.environ, "LEADS_SEEDS": seed_path(), **(environment or {})},
        )
    if errors is not None:
        raise UserError("dbt could not build the marts on Spark. " + "\n".join(errors))


def export_raw() -> None:
    """Write each table of the schema raw as a folder of Parquet files, in place of what was there.

    Times are UTC, without a zone; JSON is text.
    """
    with connect() as connection:
        for name, table in tables_of(connection, "raw").items():
            folder = lake_folder() / "raw" / name
            folder.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"copy {table} to {quote_literal(str(folder))}"
                " (format parquet, per_thread_output, overwrite)"
            )


def start_session() -> "SparkSession":
    """A Spark session whose SQL knows our functions, and whose catalog lies in the lake."""
    from pyspark import cloudpickle
    from pyspark.sql import SparkSession

    lake = lake_folder()
    settings = {
        "spark.sql.warehouse.dir": (lake / "tables").as_uri(),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={lake / 'metastore'};create=true"
        ),
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={lake}",
        # All that speak to a Thrift server share the session, and with it the functions.
        "spark.sql.hive.thriftServer.singleSession": "true",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.appName("leads").enableHiveSupport()
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    # Workers have no copy of this project, so the functions travel with their source.
    for module in (text, statistics, routing, hours):
        cloudpickle.register_pickle_by_value(module)
    for function in (text.text_key, text.text_words):
        session.udf.register(function.__name__, function, "string")
    for sql in (*statistics.SQL_FUNCTIONS, *routing.SALES_FUNCTIONS):
        session.udf.register(sql.function.__name__, sql.function, sql.spark_type)
    return session


def run_in_session(arguments: Sequence[str]) -> bool:
    """Run dbt with these arguments on the target spark, in one session; whether it went well."""
    from dbt.cli.main import dbtRunner

    os.environ.setdefault("LEADS_LAKE", lake_folder().as_uri())
    # Each error of Spark is dbt's too; Spark's own report of it is a page long.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    session = start_session()
    try:
        return dbtRunner().invoke([*arguments, "--target", "spark"]).success
    finally:
        session.stop()


def serve() -> None:
    """Be a Thrift server, at Spark's usual port 10000, until stopped."""
    session = start_session()
    server = session._jvm.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2
    server.startWithContext(session._jsparkSession.sqlContext())
    signal.pause()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    sys.exit(0 if run_in_session(sys.argv[1:]) else 1)
