"""How DuckDB would run the models: what it does is what they cost on many rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from scripts.run import RunResult
from scripts.scoring.functions import Plugin
from tests.python.conftest import Warehouse

# The join that holds each row of one side against each of the other. An inner join that compares
# more than columns is one by hash, and a filter after it; an outer join is this one.
EACH_AGAINST_EACH = "BLOCKWISE_NL_JOIN"


def test_no_outer_join_holds_each_row_against_each(sample: tuple[Warehouse, RunResult]) -> None:
    warehouse, _ = sample
    slow = set()
    with duckdb.connect(str(warehouse.file), read_only=True) as connection:
        Plugin("functions", {"allow_protected": ""}).configure_connection(connection)
        for name, query in compiled(warehouse.folder / "target"):
            ((_, plan),) = connection.sql(f"explain (format json) {query}").fetchall()
            joins = (step for step in steps(json.loads(plan)) if step["name"] == EACH_AGAINST_EACH)
            if any(step["extra_info"]["Join Type"] != "INNER" for step in joins):
                slow.add(name)
    assert slow == set()


def compiled(target: Path) -> Iterator[tuple[str, str]]:
    """The models and data tests of the last build: their names, and their queries."""
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    names = {
        Path(node["path"]).name
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "test")
    }
    files = [file for file in (target / "compiled").rglob("*.sql") if file.name in names]
    assert len(files) > 100
    for file in files:
        yield file.stem, file.read_text("utf-8")


def steps(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The steps of a plan, from the last to the first ones."""
    for step in plan:
        yield step
        yield from steps(step["children"])
