"""What a command that reads says of a warehouse that it cannot read."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.__main__ import app
from scripts.errors import BusyError, UserError
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
