"""What a nightly job builds: scores, funnel and KPIs, beside the quality marts of the last run."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scripts import run as running
from scripts.commands import app
from scripts.landing.land import land
from scripts.landing.sample import write_sample
from scripts.scoring.build import build
from scripts.shared.paths import PROJECT
from scripts.shared.warehouse import connect
from tests.python.conftest import Warehouse

QUALITY = {
    *("marts.score_quality", "marts.score_calibration"),
    *("marts.threshold_curve", "marts.rule_effectiveness"),
}
# What they are made of, and nothing else is.
MEASURES = {
    "intermediate.int_evaluation_scores",
    "intermediate.int_rule_conversions",
}

# Calls of dbt in the working folder, and after each whether the marts may be published.
CALLS = """
import json, sys
import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

for call in json.loads(sys.argv[1]):
    dbtRunner().invoke([*call, "--quiet", "--log-level-file", "none"])
    DuckDBConnectionManager.close_all_connections()
    with duckdb.connect("leads.duckdb") as connection:
        print("sound", connection.sql("select is_sound from state.build").fetchall()[0][0])
"""


def calls_of_dbt(folder: Path, calls: Sequence[Sequence[str]]) -> list[bool]:
    """Whether the marts may be published after each call, in a project of two marts of its own.

    They are `lead_score`, built daily, and `score_quality`, which is not; the var `broken` names
    one that fails. What notes how a build ended, and the selectors, are the project's.
    """
    (folder / "macros").mkdir()
    (folder / "models").mkdir()
    for name in ("begin_build", "end_build", "generate_schema_name"):
        shutil.copy(PROJECT / "macros" / f"{name}.sql", folder / "macros")
    shutil.copy(PROJECT / "selectors.yml", folder)
    sql = "select {{ 'no_such_column' if var('broken') == this.name else 1 }} as id"
    for name in ("lead_score", "int_evaluation_scores"):
        (folder / "models" / f"{name}.sql").write_text(sql)
    (folder / "models" / "score_quality.sql").write_text(
        f"{sql} from {{{{ ref('int_evaluation_scores') }}}}"
    )
    project = {
        **{"name": "leads", "profile": "leads", "config-version": 2, "version": "1.0.0"},
        **{"on-run-start": "{{ begin_build() }}", "on-run-end": "{{ end_build(results) }}"},
        **{"vars": {"broken": ""}, "flags": {"send_anonymous_usage_stats": False}},
    }
    (folder / "dbt_project.yml").write_text(json.dumps(project))
    output = {"type": "duckdb", "path": "leads.duckdb", "schema": "marts"}
    profile = {"leads": {"target": "dev", "outputs": {"dev": output}}}
    (folder / "profiles.yml").write_text(json.dumps(profile))
    done = subprocess.run(
        [sys.executable, "-c", CALLS, json.dumps(calls)],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("DBT_")},
        capture_output=True,
        text=True,
        check=True,
    )
    told = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("sound ")]
    return [word == "True" for word in told]


def test_a_daily_build_is_published_with_sound_quality_marts_alone(tmp_path: Path) -> None:
    daily = ["build", "--selector", "daily"]
    score_fails = ["--vars", "broken: lead_score"]
    quality_fails = ["--vars", "broken: score_quality"]
    calls: list[tuple[str, list[str], bool]] = [
        ("nothing measures the scores yet", daily, False),
        ("all of it", ["build"], True),
        ("daily, failing", [*daily, *score_fails], False),
        ("daily, after one that failed: quality is as it was", daily, True),
        ("untested", ["run", "--selector", "daily"], False),
        ("tested", daily, True),
        ("all, failing at what measures the scores", ["build", *quality_fails], False),
        ("daily, after that", daily, False),
        ("all of it again", ["build"], True),
        ("what measures the scores alone", ["build", "--selector", "evaluation"], True),
        ("a mart, failing", ["build", "--select", "score_quality", *quality_fails], False),
        ("what measures the scores, after that", ["build", "--selector", "evaluation"], False),
        ("daily, after that", daily, False),
        ("all of it, at last", ["build"], True),
        ("daily, without a test", [*daily, "--exclude-resource-type", "unit_test"], True),
    ]
    found = calls_of_dbt(tmp_path, [call for _, call, _ in calls])
    assert list(zip([name for name, _, _ in calls], found, strict=True)) == [
        (name, is_sound) for name, _, is_sound in calls
    ]


BUILT = (
    "create schema state; create table state.build as select true as is_sound, true as was_sound"
)


@pytest.mark.parametrize(
    ("state", "arguments"),
    [
        pytest.param("create schema raw", (), id="nothing built"),
        pytest.param(BUILT, (), id="built by an older version"),
        pytest.param(f"{BUILT}, false as is_evaluated", (), id="not all passed"),
        pytest.param(f"{BUILT}, true as is_evaluated", ("--selector", "daily"), id="all passed"),
    ],
)
def test_a_daily_run_builds_all_where_the_quality_marts_cannot_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    with closing(connect()) as connection:
        connection.execute(state)
    asked = []
    monkeypatch.setattr(running, "land_own", lambda folder: None)
    monkeypatch.setattr(running, "refuse_no_leads", lambda landed: None)
    monkeypatch.setattr(running, "build", lambda progress, given: asked.append(tuple(given)))
    monkeypatch.setattr(running, "is_unfinished", lambda: False)
    monkeypatch.setattr(running, "past_retention", lambda: [])
    monkeypatch.setattr(running, "publish", lambda: None)
    monkeypatch.setattr(running, "kpis", lambda by: None)
    monkeypatch.setattr(running, "unmapped_sources", list)
    running.run(tmp_path, daily=True)
    running.run(tmp_path)
    assert asked == [arguments, ()]


def write_next_day(folder: Path, last: date) -> None:
    """A lead that came in the day after, and what leads did then; one of them bought."""
    folder.mkdir()
    day = last + timedelta(1)
    for name, rows in {
        "leads": [{"lead_id": "new", "created_at": f"{day}T08:00:00", "country": "DE"}],
        "lead_events": [
            {"event_id": f"next-{number}", "lead_id": lead_id, "event_type": "demo_request",
             "occurred_at": f"{day}T09:00:00"}
            for number, lead_id in enumerate(("new", "l00000001", "l00000002"))
        ],
        "opportunities": [
            {"opportunity_id": "next", "lead_id": "l00000002", "created_at": f"{day}T10:00:00",
             "closed_at": f"{day}T11:00:00", "stage": "won", "is_won": "true"}
        ],
    }.items():  # fmt: skip
        with (folder / f"{name}.next.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)


def unlike(folder: Path, other: Path) -> set[str]:
    """The tables, marts or not, whose rows are not the same in both but for when they landed."""
    told = "select columns(lambda name: name <> 'landed_at')"
    with duckdb.connect() as connection:
        for name, place in (("a", folder), ("b", other)):
            connection.execute(f"attach '{place / 'leads.duckdb'}' as {name} (read_only)")
        tables = connection.sql(
            """select schema_name || '.' || table_name from duckdb_tables()
            where database_name = 'a' and schema_name in ('marts', 'intermediate')"""
        ).fetchall()
        assert len(tables) > len(QUALITY | MEASURES)
        return {
            table
            for (table,) in tables
            if connection.sql(
                f"""select 1 from (
                    ({told} from a.{table} except all {told} from b.{table}) union all
                    ({told} from b.{table} except all {told} from a.{table})
                ) limit 1"""
            ).fetchall()
        }


def land_and_build(folder: Path, data: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in Warehouse(folder).environment.items():
            patch.setenv(name, value)
        land(data)
        build(lambda done, total, name: None)


@pytest.mark.slow
def test_a_daily_run_gives_the_marts_of_a_whole_one_but_for_quality(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, daily, whole = (tmp_path / name for name in ("first", "daily", "whole"))
    write_sample(tmp_path / "data", 300, seed=42)
    first.mkdir()
    land_and_build(first, tmp_path / "data")
    ((last,),) = Warehouse(first).query("select clock_date from marts.run_info")
    assert isinstance(last, date)
    write_next_day(tmp_path / "next", last)
    for copy in (daily, whole):
        shutil.copytree(first, copy)

    for name, value in Warehouse(daily).environment.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["daily", str(tmp_path / "next")])
    assert done.exit_code == 0, done.output
    assert str(last) in done.output
    land_and_build(whole, tmp_path / "next")
    assert QUALITY <= unlike(daily, whole) <= QUALITY | MEASURES
    assert (QUALITY | MEASURES).isdisjoint(unlike(daily, first))
    with duckdb.connect(str(daily / "published" / "leads.duckdb"), read_only=True) as published:
        assert published.sql("select clock_date from marts.run_info").fetchall() == [
            (last + timedelta(1),)
        ]
        for mart in QUALITY:
            days = published.sql(f"select distinct evaluated_date from {mart}").fetchall()
            assert days == [(last,)], mart

    land_and_build(daily, tmp_path / "next")
    # Nothing was due any more, which other tables tell.
    left = unlike(daily, whole)
    assert not {table for table in left if table.startswith("marts.")} | (left & MEASURES)
    assert Warehouse(daily).query("select distinct evaluated_date from marts.score_quality") == [
        (last + timedelta(1),)
    ]
