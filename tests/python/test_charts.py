"""The boards of charts/: they agree with the models and draw something from a published sample."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest
import yaml

from scripts.run import RunResult
from scripts.shared.paths import PROJECT
from tests.python.conftest import Warehouse

CHARTS = PROJECT / "charts"
BOARDS = sorted(file for file in CHARTS.glob("[!_]*.yml") if file.name != "meta.yml")


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


def definition(board: Path) -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load(board.read_text(encoding="utf-8")))


def names() -> list[str]:
    return [f"charts/{board.name}" for board in BOARDS]


def refs(board: Path) -> set[str]:
    """The marts that a board reads, also by queries that it shares with others."""
    text = board.read_text(encoding="utf-8")
    shared = definition(CHARTS / "meta.yml")["queries"]
    if "extends: ./_filters.yml" in text:
        shared |= definition(CHARTS / "_filters.yml")["queries"]
    read = [query["sql"] for name, query in shared.items() if f"queries.{name}" in text]
    return {name for sql in (text, *read) for name in re.findall(r"ref\('(\w+)'\)", sql)}


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
    boards = names()
    drawn = dct(project, "render", *boards, "--format", "html", "-o", "out/{stem}.html")
    assert drawn.returncode == 0, drawn.stderr
    data = dct(project, "render", *boards, "--format", "data", "-o", "out/{stem}.json")
    assert data.returncode == 0, data.stderr
    for board in BOARDS:
        html = (project[0] / "out" / f"{board.stem}.html").read_text(encoding="utf-8")
        queries = json.loads((project[0] / "out" / f"{board.stem}.json").read_text("utf-8"))[
            "queries"
        ]
        assert "{{" not in html and "Data as of 30 Jun 2025" in html, board.name
        for chart in definition(board).get("charts", {}).values():
            title = chart.get("title", chart.get("label"))
            said = title.replace("{{ queries.basis.one.currency }}", "EUR")
            assert said.casefold() in html.casefold(), f"{board.name} lacks {title}"
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
    assert declared == {definition(board)["title"]: refs(board) for board in BOARDS}


def test_the_front_page_names_every_board() -> None:
    """By the file that `make charts` draws, where `make serve` leads from it as well."""
    page = (CHARTS / "index.yml").read_text(encoding="utf-8")
    boards = [board for board in BOARDS if board.stem != "index"]
    named = dict(re.findall(r"\| \[(\w+)\]\((\w+\.html)\) \|", page))
    assert named == {definition(board)["title"]: f"{board.stem}.html" for board in boards}
    for board in boards:
        assert definition(board)["aliases"] == [f"/{board.stem}.html"]


def test_money_stands_beside_its_currency() -> None:
    """On every tile of an amount, and over every chart and table that shows one."""
    amounts = {
        *("spend", "cost_per_lead", "cac", "revenue", "amount", "profit", "value", "in_hand"),
        *("leaking", "not_leaking", "set_aside", "counted_value", "expected_profit_per_week"),
    }
    for board in BOARDS:
        for name, chart in definition(board).get("charts", {}).items():
            told = f"{chart.get('title', '')}{chart.get('label', '')}"
            shown = {chart.get("value"), chart.get("y"), *chart.get("values", ())}
            shown |= set(chart.get("style", {}).get("columns", ()))
            if shown & amounts:
                assert "{{ queries.basis.one.currency }}" in told, f"{name} of {board.name}"


def test_a_colour_means_one_thing() -> None:
    """No board has colours of its own, and no two things have the same."""
    pinned = definition(CHARTS / "meta.yml")["style"]["charts"]["category_colors"]
    colours = [colour for field in pinned.values() for colour in field["values"].values()]
    assert len(colours) == len(set(colours)) > 30
    for board in BOARDS:
        assert "palette" not in board.read_text(encoding="utf-8"), board.name
        for name, chart in definition(board).get("charts", {}).items():
            field = chart.get("color")
            assert field is None or field in pinned, f"{name} of {board.name}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("board", "query", "chosen", "sql"),
    [
        ("funnel", "channels", "channel=email",
         "select distinct channel from marts.funnel where channel = 'email'"),
        ("acquisition", "months", "month=2025-03",
         "select date '2024-04-01' + to_months(n::int) from range(12) as months (n)"),
        ("sales", "regions", "region=Europe",
         "select distinct region from marts.open_pipeline where region = 'Europe'"),
        ("scores", "today", "model=fit_first",
         "select count(*) from marts.lead_score where score_model = 'fit_first'"),
        ("quality", "overall", "part=region Europe",
         """select leads from marts.score_quality where slice_value = 'Europe'
         and scored_day = 7 and outcome = 'opportunity' and score_model = 'standard'"""),
        ("quality", "overall", "part=month 2025-01",
         """select leads from marts.score_quality where slice_value = '2025-01-01'
         and scored_day = 7 and outcome = 'opportunity' and score_model = 'standard'"""),
        ("scores", "today", "",
         "select count(*) from marts.lead_score where score_model = 'standard'"),
    ],
)  # fmt: skip
def test_a_filter_leaves_what_was_chosen(
    project: tuple[Path, dict[str, str]],
    sample: tuple[Warehouse, RunResult],
    board: str,
    query: str,
    chosen: str,
    sql: str,
) -> None:
    file = ("render", f"charts/{board}.yml", "--format", "data", "-o", "out/filtered.json")
    drawn = dct(project, *file, *(("--var", chosen) if chosen else ()))
    assert drawn.returncode == 0, drawn.stderr
    rows = json.loads((project[0] / "out" / "filtered.json").read_text("utf-8"))["queries"][query]
    with duckdb.connect(str(sample[0].folder / "published/leads.duckdb"), read_only=True) as marts:
        expected = {str(value)[:10] for (value,) in marts.sql(sql).fetchall()}
    column = {"channels": "channel", "months": "month_start", "regions": "region"}.get(
        query, "leads"
    )
    assert {str(row[column])[:10] for row in rows["rows"]} == expected
