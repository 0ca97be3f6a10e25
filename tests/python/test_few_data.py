"""A company's first folder: leads and little else, spelt as people spell."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing.land import land
from scripts.run import RunResult
from scripts.scoring.build import build
from scripts.shared.errors import UserError
from tests.python.conftest import Warehouse

LEADS = [
    {"lead_id": "a", "created_at": "2025-01-01", "lead_source": "PODCAST", 'size "XL"/~': "yes"},
    {"lead_id": "b", "created_at": "2025-01-02", "lead_source": "podcast"},
]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, RunResult]:
    folder = tmp_path_factory.mktemp("first")
    write(folder / "data/leads.jsonl", LEADS)
    warehouse = Warehouse(folder)
    return warehouse, warehouse.run(folder / "data")


def write(file: Path, rows: list[dict[str, str]]) -> None:
    file.parent.mkdir()
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_kpis_of_what_nobody_landed_are_empty(first: tuple[Warehouse, RunResult]) -> None:
    totals = {
        row.kpi: row
        for row in first[1].report.rows
        if (row.period, row.channel, row.region) == ("all", "(all)", "(all)")
    }
    assert totals["leads"].value == 2
    for kpi, missing in {
        "opportunities": "opportunities",
        "lead_to_opportunity_rate": "opportunities",
        "customers": "customers",
        "lead_to_customer_rate": "customers",
    }.items():
        row = totals[kpi]
        assert (row.value, row.lower, row.upper) == (None, None, None)
        assert row.note == f"no {missing} were landed"


def test_spellings_of_a_channel_that_no_seed_names_are_one(
    first: tuple[Warehouse, RunResult],
) -> None:
    assert first[0].query("select distinct channel from marts.lead_lifecycle") == [("PODCAST",)]


def test_a_column_of_any_name_can_be_looked_at(
    first: tuple[Warehouse, RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in first[0].environment.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["check-seeds"])
    assert (done.exit_code, done.exception) == (0, None)


@pytest.mark.slow
def test_a_budget_without_a_rate_is_told_with_currency_and_day(
    first: tuple[Warehouse, RunResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in first[0].environment.items():
        monkeypatch.setenv(name, value)
    lead = {"lead_id": "c", "created_at": "2025-01-03", "budget": "900", "currency": "ZMW"}
    write(tmp_path / "data/leads.jsonl", [lead])
    land(tmp_path / "data")
    with pytest.raises(
        UserError, match=r"(?s)every_amount_has_a_rate.*ZMW, amount_date 2025-01-03"
    ):
        build(lambda *_: None, ["--vars", "reporting_currency: EUR"])
