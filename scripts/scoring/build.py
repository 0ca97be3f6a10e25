"""Runs `dbt build`, telling how far it is."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from scripts.landing.land import create_tables
from scripts.seeds.overlay import seed_path
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.faults import of_dbt
from scripts.shared.interface import LAST_BUILD
from scripts.shared.lock import exclusive
from scripts.shared.text import points_text
from scripts.shared.warehouse import connect, holds, quote_literal, reading

ROWS_SHOWN = 5
BUILD = ("build", "--exclude-resource-type", "unit_test")

BROKEN_BY = """
select persona, rule_id, coalesce(now.points, 0), coalesce(before.points, 0)
from marts.golden_lead_factors as now
full join published.marts.golden_lead_factors as before using (persona, score_model, rule_id)
where coalesce(now.points, 0) <> coalesce(before.points, 0) and persona in (
    select persona from marts.golden_lead_factors where band is distinct from expected_band
)
order by all
"""

Progress = Callable[[int, int, str], None]


def build(
    progress: Progress,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> None:
    """Build seeds, models and data tests of the project in the working file, as `dbt build` does.

    Unit tests are left out: they try the SQL, which no run changes, and `make test` runs them.
    `progress` is told the number of the node that starts, the number of nodes and its name;
    `arguments` are dbt's, `environment` is added to that of the process. Raises UserError with
    dbt's words, and the rows that fail a test, where a node fails; what depends on it is not built;
    and where nothing was landed. Raises BusyError where another run or program holds the warehouse.
    """
    added = environment or {}
    working_file = Path(added.get("LEADS_WAREHOUSE") or paths.warehouse_file())
    dbt = [sys.executable, "-m", "scripts.scoring.dbt", "--log-format", "json"]
    with exclusive("build", working_file):
        _refuse_unlanded(working_file)
        seeds = seed_path(added.get("LEADS_SEEDS"))
        variables = {**os.environ, **added, "LEADS_SEEDS": seeds}
        errors = run_dbt(progress, [*dbt, *BUILD, *arguments], variables)
        if errors is not None:
            words = filter(None, [*errors, *_failing_rows(variables), *_changed_personas()])
            raise UserError("dbt could not build the marts. " + "\n".join(words))


def _refuse_unlanded(working_file: Path) -> None:
    """And make what the contract has gained since the last landing."""
    with closing(connect(working_file)) as connection:
        if not holds(connection, "raw.leads"):
            raise UserError(
                f"nothing was landed in {working_file}; land a folder first: "
                "python -m scripts land FOLDER"
            )
        create_tables(connection)


def vars_of_last_build() -> tuple[str, ...]:
    """What tells dbt the vars that the last build was given on the command line."""
    with reading() as connection:
        ((given,),) = connection.sql(f"select vars from {LAST_BUILD}").fetchall()  # noqa: S608
    return ("--vars", given) if given else ()


def run_dbt(
    progress: Progress, command: Sequence[str], variables: Mapping[str, str]
) -> list[str] | None:
    """Run a dbt command that logs as JSON; dbt's words where it failed, else None.

    `progress` is told of each node that starts; `variables` are the whole environment.
    """
    errors = []
    with subprocess.Popen(
        command,
        cwd=paths.PROJECT,
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith("{"):
                errors.append(line.rstrip())
                continue
            event = json.loads(line)
            data = event["data"]
            if event["info"]["name"] == "LogStartLine":
                progress(data["index"], data["total"], data["node_info"]["node_name"])
            elif event["info"]["level"] == "error":
                errors.append(event["info"]["msg"].strip())
    if process.returncode and (cause := of_dbt(errors)):
        raise UserError(cause)
    return errors if process.returncode else None


def _changed_personas() -> Iterator[str]:
    """The rules that broke a persona: what each gives it now, and gave when last published."""
    published = quote_literal(str(paths.published_file()))
    try:
        with duckdb.connect(str(paths.warehouse_file()), read_only=True) as connection:
            connection.execute(f"attach {published} as published (read_only)")
            changes = connection.sql(BROKEN_BY).fetchall()
    except duckdb.Error:
        return
    for persona, rule_id, now, before in changes:
        yield (
            f"persona {persona}: rule {rule_id} gives {points_text(now)}, "
            f"was {points_text(before)} when last published"
        )


def _failing_rows(variables: Mapping[str, str]) -> Iterator[str]:
    """The first rows of each test that failed in the last run, where they can be read."""
    file = paths.PROJECT / variables.get("DBT_TARGET_PATH", "target") / "run_results.json"
    results = json.loads(file.read_text())["results"] if file.is_file() else []
    for result in results:
        if result["status"] != "fail":
            continue
        yield result["unique_id"].split(".")[2] + ":"
        try:
            with duckdb.connect(str(paths.warehouse_file()), read_only=True) as connection:
                rows = connection.execute(result["compiled_code"])
                names = [column[0] for column in rows.description or ()]
                shown = rows.fetchmany(ROWS_SHOWN)
        except duckdb.Error:
            continue
        for row in shown:
            cells = zip(names, row, strict=True)
            yield "  " + ", ".join(f"{name} {value}" for name, value in cells)
