"""What a command that reads says of a warehouse that it cannot read."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.shared.errors import BusyError, UserError
from scripts.shared.paths import PROJECT, warehouse_file
from scripts.shared.warehouse import connect
from tests.python.conftest import Warehouse, held_warehouse

COMMANDS = {
    "explain": ["explain", "a"],
    "explain a past day": ["explain", "a", "--as-of", "2025-01-01"],
    "subject-access": ["subject-access", "a"],
    "recommend": ["recommend"],
    "promote": ["promote", "standard"],
    "train": ["train"],
    "review": ["review"],
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "leads.duckdb"
    monkeypatch.setenv("LEADS_WAREHOUSE", str(path))
    return path


def test_an_empty_variable_names_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", "")
    assert warehouse_file() == PROJECT / "warehouse" / "leads.duckdb"
    seeds = ["--select", "score_models", "--resource-type", "seed", "--output", "path"]
    warehouse = Warehouse(tmp_path)
    listed = warehouse.dbt("--quiet", "ls", *seeds, LEADS_WAREHOUSE="", LEADS_SEEDS="")
    assert listed.split() == ["seeds/points/score_models.csv", "exit", "0"]
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("LEADS_MEMORY", "")
    monkeypatch.setenv("LEADS_THREADS", "")
    with connect() as connection:
        settings = "current_setting('threads'), current_setting('memory_limit')"
        assert connection.sql(f"select {settings}").fetchall() == [(2, "3.7 GiB")]


def test_dbt_by_hand_says_that_nothing_was_landed(tmp_path: Path) -> None:
    bare = Warehouse(tmp_path)
    said = bare.dbt("--quiet", "build")
    words = f"nothing was landed in {bare.file}; land a folder first: python -m scripts land FOLDER"
    assert words in said
    assert said.endswith("exit 2")


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_what_cannot_be_read_is_one_sentence(file: Path, arguments: list[str]) -> None:
    def said(kind: type[UserError] = UserError) -> str:
        error = CliRunner().invoke(app, arguments).exception
        assert type(error) is kind, error
        assert "\n" not in str(error)
        return str(error)

    assert said() == f"there is no warehouse at {file}; build it first: make run"
    connect().close()
    assert re.search(r"was not built yet|nothing was landed yet", said())
    with held_warehouse() as holder:
        assert re.search(rf"is in use by .*process {holder}", said(BusyError))
    file.write_text("no database" * 1000)
    assert f"{file} cannot be opened: " in said()
