"""A scratch warehouse for tests: rows written as Python dicts in, marts out.

    build(folder, {"leads": [{"lead_id": "a", "created_at": "2025-01-01"}]},
          {"attribute_points": [{"score_model": "m", "rule_id": "r", …}]}, as_of="2025-01-31")

A run of dbt takes 10 to 20 s, so put many cases into one.
"""

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from scripts.landing.contract import read_contract
from scripts.landing.land import create_tables
from scripts.seeds.overlay import SEEDS, seed_path
from scripts.shared.paths import PROJECT

Row = Mapping[str, object]
Rows = Sequence[Row]

SCORING = ("+path:models/marts/scoring",)
LANDED_AT = "2100-01-01"
LANDING = {
    "attributes": "json",
    "date_only": "varchar",
    "landing_seq": "bigint",
    "landed_at": "timestamp",
}


def build(
    folder: Path,
    raw: Mapping[str, Rows],
    seeds: Mapping[str, Rows] | None = None,
    select: Iterable[str] = SCORING,
    **variables: str | bool | int,
) -> duckdb.DuckDBPyConnection:
    """A warehouse in `folder` with these rows, seeds and variables, built and open for reading.

    Rows are added to those that a build before put there. The models are those of `select`, by
    default all that the scoring marts need. Raises AssertionError with dbt's words where it fails.
    """
    add(folder, raw)
    run_dbt(folder, seeds or {}, select, variables)
    return duckdb.connect(str(folder / "leads.duckdb"), read_only=True)


def add(folder: Path, raw: Mapping[str, Rows]) -> None:
    """Appends rows to the raw tables, which are made where missing.

    Columns are those of the contract, all values as text, and `attributes`, a dict; what is left
    out is NULL. `landing_seq` rises in the order of the rows, `landed_at` is far off, unless
    given. Raises AssertionError for a column that the contract does not know.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "leads.duckdb")) as connection:
        create_tables(connection)
        for name, rows in raw.items():
            columns = {column.name: column.data_type for column in read_contract()[name].columns}
            _append(connection, name, columns | LANDING, rows)


def _append(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Rows
) -> None:
    unknown = {column for row in rows for column in row} - set(columns)
    assert not unknown, f"{name} has no column {', '.join(sorted(unknown))}"
    if not rows:
        return
    (last,) = connection.sql(f"select coalesce(max(landing_seq), 0) from raw.{name}").fetchall()[0]
    numbered = [
        {"landing_seq": number, "landed_at": LANDED_AT, **row}
        for number, row in enumerate(rows, start=last + 1)
    ]
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "rows.json"
        file.write_text("\n".join(json.dumps(row) for row in numbered), "utf-8")
        connection.execute(
            f"""insert into raw.{name} by name select * from read_json(
                ?, format = 'newline_delimited', columns = {dict(columns)!r}
            )""",
            [str(file)],
        )


def seed_rows(overrides: Mapping[str, Rows]) -> dict[str, list[dict[str, str]]]:
    """The rows of every seed as text: the project's, those of `overrides` replaced."""
    return {
        name: [{column: str(row.get(column, "")) for column in columns} for row in rows]
        for file in SEEDS.rglob("*.csv")
        for name, columns, rows in [(file.stem, *_seed(file, overrides))]
    }


def _seed(file: Path, overrides: Mapping[str, Rows]) -> tuple[Sequence[str], Rows]:
    """The columns of a seed, and its rows."""
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        return list(reader.fieldnames or ()), overrides.get(file.stem, list(reader))


def run_dbt(
    folder: Path,
    seeds: Mapping[str, Rows],
    select: Iterable[str] = SCORING,
    variables: Mapping[str, str | bool | int] | None = None,
) -> None:
    """Seeds and models of the warehouse in `folder`, by dbt in a process of its own."""
    write_seeds(folder / "seeds", seeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        patch.setenv("LEADS_TEMP", str(folder / "tmp"))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        if any((folder / "seeds").iterdir()):
            patch.setenv("LEADS_SEEDS", str(folder / "seeds"))
        patch.setenv("LEADS_SEEDS", seed_path())
        dbt = [str(Path(sys.executable).with_name("dbt")), "build", "--quiet"]
        kinds = ["--resource-type", "seed", "model"]
        given = ["--vars", json.dumps(dict(variables or {}))]
        result = subprocess.run(
            [*dbt, *kinds, *given, "--select", *select],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 0, result.stdout + result.stderr


def write_seeds(folder: Path, seeds: Mapping[str, Rows]) -> None:
    """The overrides as CSV files with the columns of the project's seeds."""
    folder.mkdir(exist_ok=True)
    columns = {file.stem: _seed(file, {})[0] for file in SEEDS.rglob("*.csv")}
    for name, rows in seeds.items():
        unknown = {column for row in rows for column in row} - set(columns[name])
        assert not unknown, f"the seed {name} has no column {', '.join(sorted(unknown))}"
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns[name], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
