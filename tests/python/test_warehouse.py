"""What a command that reads says of a warehouse that it cannot read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.__main__ import app
from scripts.errors import BusyError, UserError
from scripts.paths import PROJECT, warehouse_file
from scripts.warehouse import connect
from tests.python.conftest import held_warehouse

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


def said_by_dbt(folder: Path, *arguments: str) -> str:
    """What dbt prints, with `folder` for its artifacts."""
    dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", *arguments]
    folders = ["--target-path", str(folder), "--log-path", str(folder)]
    return subprocess.run(
        [*dbt, *folders], cwd=PROJECT, capture_output=True, text=True, check=False
    ).stdout


def test_an_empty_variable_names_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEADS_WAREHOUSE", "LEADS_SEEDS"):
        monkeypatch.setenv(name, "")
    assert warehouse_file() == PROJECT / "warehouse" / "leads.duckdb"
    seeds = ["--select", "score_models", "--resource-type", "seed", "--output", "path"]
    assert said_by_dbt(tmp_path, "ls", *seeds).split() == ["seeds/points/score_models.csv"]


def test_dbt_by_hand_says_that_nothing_was_landed(file: Path, tmp_path: Path) -> None:
    sentence = f"nothing was landed in {file}; land a folder first: python -m scripts land FOLDER"
    assert sentence in said_by_dbt(tmp_path, "build")


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
