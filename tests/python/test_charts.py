"""The boards of charts/: they agree with the models and draw something from a published sample."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scripts.run import RunResult
from scripts.shared.paths import PROJECT
from tests.python.conftest import Warehouse

BOARDS = sorted(file for file in (PROJECT / "charts").glob("*.yml") if file.name != "meta.yml")


@pytest.fixture(scope="module")
def project(
    sample: tuple[Warehouse, RunResult], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """What `dct` needs of the project, with the sample's manifest, and an environment for it.

    `dct` takes a manifest from inside the project only.
    """
    warehouse, _ = sample
    folder = tmp_path_factory.mktemp("project")
    for name in ("dbt_project.yml", "dbt_charts.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, folder)
    shutil.copytree(PROJECT / "charts", folder / "charts")
    (folder / "target").mkdir()
    shutil.copy(warehouse.folder / "target" / "manifest.json", folder / "target")
    environment = os.environ | {"LEADS_WAREHOUSE": str(warehouse.file), "DO_NOT_TRACK": "1"}
    environment.pop("DBT_TARGET_PATH", None)
    return folder, environment


def dct(project: tuple[Path, dict[str, str]], *arguments: str) -> subprocess.CompletedProcess[str]:
    folder, environment = project
    return subprocess.run(
        [str(Path(sys.executable).with_name("dct")), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_column_that_no_mart_has_is_found(project: tuple[Path, dict[str, str]]) -> None:
    good = dct(project, "validate", "--warehouse")
    assert good.returncode == 0, good.stdout + good.stderr
    board = project[0] / "charts" / "wrong.yml"
    board.write_text(
        "title: Wrong\n"
        "queries: {q: \"select no_such_column as n from {{ ref('lead_score') }}\"}\n"
        "charts: {c: {query: q, type: kpi, label: N, value: n}}\n"
        "rows: [c]\n"
    )
    wrong = dct(project, "validate", "--warehouse", str(board))
    board.unlink()
    assert wrong.returncode != 0 and "no_such_column" in wrong.stdout + wrong.stderr


@pytest.mark.slow
def test_every_chart_of_every_board_is_drawn_and_has_data(
    project: tuple[Path, dict[str, str]],
) -> None:
    boards = [f"charts/{board.name}" for board in BOARDS]
    drawn = dct(project, "render", *boards, "--format", "html", "-o", "out/{stem}.html")
    assert drawn.returncode == 0, drawn.stderr
    data = dct(project, "render", *boards, "--format", "data", "-o", "out/{stem}.json")
    assert data.returncode == 0, data.stderr
    for board in BOARDS:
        html = (project[0] / "out" / f"{board.stem}.html").read_text(encoding="utf-8")
        queries = json.loads((project[0] / "out" / f"{board.stem}.json").read_text("utf-8"))[
            "queries"
        ]
        for chart in yaml.safe_load(board.read_text(encoding="utf-8"))["charts"].values():
            title = chart.get("title", chart.get("label"))
            assert title.casefold() in html.casefold(), f"{board.name} lacks {title}"
            assert queries[chart["query"]]["rows"], f"{title} in {board.name} is empty"


@pytest.mark.slow
def test_the_acquisition_board_says_what_the_kpi_report_says(
    project: tuple[Path, dict[str, str]], sample: tuple[Warehouse, RunResult]
) -> None:
    drawn = dct(project, "render", "charts/acquisition.yml", "--format", "data", "-o", "out/a.json")
    assert drawn.returncode == 0, drawn.stderr
    queries = json.loads((project[0] / "out" / "a.json").read_text("utf-8"))["queries"]
    rows = {(row.kpi, row.period, row.channel, row.region): row for row in sample[1].report.rows}
    compared = 0
    for query, month, kpis in (
        ("months", "month_start", {"spend", "revenue", "cost_per_lead", "cac", "clv_to_cac"}),
        ("channel_months", "month_start", {"spend", "cost_per_lead", "cac", "clv_to_cac"}),
        ("roi_months", "cohort_month", {"roi"}),
        ("roi_channel_months", "cohort_month", {"roi_percent"}),
    ):
        for drawn_row in queries[query]["rows"]:
            period, channel = drawn_row[month][:7], drawn_row.get("channel", "(all)")
            for kpi in kpis:
                said = rows[kpi.removesuffix("_percent"), period, channel, "(all)"].value
                value = drawn_row[kpi]
                if kpi.endswith("_percent") and value is not None:
                    value /= 100
                assert value == pytest.approx(said), (kpi, period, channel)
                compared += value is not None
    assert compared > 200


def test_the_exposure_of_each_board_names_the_marts_it_reads(
    project: tuple[Path, dict[str, str]],
) -> None:
    manifest = json.loads((project[0] / "target" / "manifest.json").read_text("utf-8"))
    declared = {
        exposure["label"]: {node.split(".")[-1] for node in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
    }
    text = {board: board.read_text(encoding="utf-8") for board in BOARDS}
    assert declared == {
        yaml.safe_load(text[board])["title"]: set(re.findall(r"ref\('(\w+)'\)", text[board]))
        for board in BOARDS
    }
