"""Whatever goes wrong, a person reads one sentence, and nothing in it is an order to a terminal."""

import errno
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from rich.table import Table
from typer.testing import CliRunner

from scripts.bench.bench import MADE, bench
from scripts.commands import app
from scripts.run import RunResult
from scripts.seeds.overlay import SEEDS
from scripts.shared import faults, terminal
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT, warehouse_file
from tests.python.conftest import Warehouse

FORESEEN = "this should not have happened"


def run(
    *command: str, before: Sequence[str] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """A command of the project, in a process of its own, which `before` starts."""
    return subprocess.run(
        [*before, sys.executable, "-m", "scripts", *command],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- The warehouse's name


@pytest.mark.parametrize(
    "name",
    [
        *("leads.v2.duckdb", "leads", "leads.db", ".duckdb", "it's.duckdb", 'a"b.duckdb'),
        *("a;b.duckdb", "a#b.duckdb", "why?/leads.duckdb", "a\nb.duckdb", ":memory:"),
        *("md:leads.duckdb", "s3://bucket/leads.duckdb", "raw.duckdb", "staging.duckdb"),
        *("Marts.duckdb", "temp.duckdb", "main.duckdb", "published.duckdb", "_live.duckdb"),
    ],
)
def test_a_name_that_sql_cannot_tell_apart_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / name))
    with pytest.raises(UserError, match=r"^LEADS_WAREHOUSE [^\n]*$"):
        warehouse_file()


def test_dbt_by_hand_refuses_such_a_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build"]
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "marts.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    done = subprocess.run(dbt, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "marts is the name of something in the database" in done.stdout
    assert not (tmp_path / "marts.duckdb").exists()


@pytest.mark.slow
def test_odd_names_that_work_work_in_all_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without anything of money, so that the past day is explained without a currency too.
    folder = tmp_path / "o'brien's \"own\" {{ 100 % }} é"
    (folder / "data").mkdir(parents=True)
    leads = "lead_id,created_at\na,2025-01-01\nb,2025-01-02\n"
    (folder / "data" / "leads.csv").write_text(leads, "utf-8")
    monkeypatch.setenv("LEADS_WAREHOUSE", str(folder / "order-2 of é.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(folder / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(folder / "logs"))
    for command in (
        ["run", str(folder / "data")],
        ["explain", "a", "--as-of", "2025-01-01"],
        ["whatif", str(SEEDS)],
        ["review"],
        ["check-seeds"],
        ["publish"],
        ["publish", "--rollback"],
        ["subject-access", "a"],
        ["erase", "a"],
    ):
        told = CliRunner().invoke(app, command)
        assert told.exit_code == 0, (command, told.output, told.exception)


# --- The terminal

ORDERS = "\x1b[31mred\x07 \x9b2J \u202etxet\u200b\ud800"


def test_nothing_that_is_shown_is_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setattr(sys, "stderr", shown)
    table = Table(title=ORDERS)
    table.add_column(ORDERS)
    table.add_row(ORDERS)
    terminal.show(table)
    terminal.say(ORDERS, "label")
    terminal.say_error(ORDERS)
    terminal.write(ORDERS)
    with terminal.progress() as bar:
        bar.add_task(ORDERS)
        bar.refresh()
    terminal.write_json(json.dumps({"name": ORDERS, "city": "Köln"}, ensure_ascii=False))
    assert "red" in shown.getvalue()
    assert not set(shown.getvalue()) & set(ORDERS) - set("[31mred 2Jtxet")
    *_, last = shown.getvalue().splitlines()
    assert json.loads(last) == {"name": ORDERS, "city": "Köln"}
    assert "Köln" in last


def test_an_output_that_knows_ascii_alone_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "Köln").mkdir()
    (tmp_path / "Köln" / "leads.csv").write_text("lead_id,created_at\na,2025-01-01\n", "utf-8")
    place = str(tmp_path / "leads.duckdb")
    landed = run("land", str(tmp_path / "Köln"), LEADS_WAREHOUSE=place, PYTHONIOENCODING="ascii")
    assert (landed.returncode, landed.stderr) == (0, "")
    refused = run("land", str(tmp_path / "Bär"), LEADS_WAREHOUSE=place, PYTHONIOENCODING="ascii")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: There is no folder ")


# --- What the system and DuckDB raise


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "/x/y cannot be read or wri"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "n" * 300), "File name too long"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "the disk is full"),
        (MemoryError(), "LEADS_MEMORY"),
        (duckdb.OutOfMemoryException("Out of Memory Error: could not allocate"), "LEADS_MEMORY"),
        (duckdb.IOException("IO Error: Corrupt database file: block 5"), "is damaged"),
        (duckdb.SerializationException("Serialization Error: …"), "is damaged"),
    ],
)
def test_a_cause_outside_the_program_is_told(error: BaseException, sentence: str) -> None:
    assert sentence in str(faults.told(error))
    assert "\n" not in str(faults.told(error))


def test_what_was_not_foreseen_tells_its_place_and_no_value() -> None:
    try:
        json.loads(b"{'name': 'Jane Roe'}")
    except ValueError as error:
        told = faults.told(error)
    assert str(told).startswith(f"{FORESEEN} (JSONDecodeError)")
    assert "Jane" not in str(told)


def test_a_name_of_300_characters_is_one_sentence(tmp_path: Path) -> None:
    for command in (["land", str(tmp_path / ("n" * 300))], ["whatif", "n" * 300]):
        told = run(*command, LEADS_WAREHOUSE=str(tmp_path / "leads.duckdb"))
        assert told.returncode == 2
        assert told.stderr.startswith("error: ")
        assert "Traceback" not in told.stderr
        assert FORESEEN not in told.stderr


def test_too_little_memory_is_told_as_that(sample: tuple[Warehouse, RunResult]) -> None:
    ((lead,),) = sample[0].query("select min(lead_id) from marts.lead_score")
    asked = ("explain", str(lead), "--as-of", "2025-06-01")
    told = run(*asked, LEADS_MEMORY="1MB", **sample[0].environment)
    assert told.returncode == 2
    assert "LEADS_MEMORY" in told.stderr, told.stderr


@pytest.mark.parametrize("command", [["explain", "a"], ["publish"], ["land", "."], ["erase", "a"]])
def test_a_damaged_warehouse_is_told_as_that(
    command: list[str], small: Path, tmp_path: Path
) -> None:
    (tmp_path / "leads.csv").write_text("lead_id,created_at\na,2025-01-01\n", "utf-8")
    file = small / "leads.duckdb"
    content = bytearray(file.read_bytes())
    for place_ in range(3 * 4096, len(content) - 9000, 4096):
        content[place_ : place_ + 64] = b"\xa5" * 64
    file.write_bytes(content)
    asked = [str(tmp_path) if word == "." else word for word in command]
    told = run(*asked, **place(small))
    assert told.returncode == 2
    assert "is damaged" in told.stderr, told.stderr


def place(small: Path) -> dict[str, str]:
    """The environment of a command on the small warehouse."""
    return {
        "LEADS_WAREHOUSE": str(small / "leads.duckdb"),
        "LEADS_SEEDS": str(small / "seeds"),
        "DBT_TARGET_PATH": str(small / "target"),
        "DBT_LOG_PATH": str(small / "logs"),
    }


def test_dbt_that_breaks_down_is_one_sentence() -> None:
    traceback = 'Traceback (most recent call last):\n  File "/x/logger.py", line 3, in open\n'
    denied = f"{traceback}PermissionError: [Errno 13] Permission denied: '/x/logs/dbt.log'\n"
    said = "/x/logs/dbt.log cannot be read or written: Permission denied."
    assert faults.of_dbt([denied]) == said
    assert faults.of_dbt(denied.splitlines()) == said
    assert faults.of_dbt([f"{traceback}KeyError: 'Jane Roe'"]) == (
        "dbt broke down (KeyError): run it by hand to see more."
    )
    assert faults.of_dbt(["Failure in test key of lead_score", "Got 1 result"]) is None


NO_POWER = "-dac_override,-dac_read_search"
AS_ANYBODY = ["setpriv", f"--bounding-set={NO_POWER}", f"--inh-caps={NO_POWER}"]


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="root alone can be somebody else"
)
@pytest.mark.parametrize("place", ["logs", "logs/dbt.log", "target"])
def test_what_belongs_to_another_user_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "leads.csv").write_text("lead_id,created_at\na,2025-01-01\n", "utf-8")
    environment = {
        "LEADS_WAREHOUSE": str(tmp_path / "leads.duckdb"),
        "DBT_TARGET_PATH": str(tmp_path / "target" / "own"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    assert run("land", str(tmp_path / "data"), **environment).returncode == 0
    (tmp_path / "logs").mkdir()
    (tmp_path / "target").mkdir(exist_ok=True)
    others = tmp_path / place
    others.touch()
    os.chown(others, 65534, 65534)
    others.chmod(0o700)
    told = run("build", before=AS_ANYBODY, **environment)
    assert told.returncode == 2
    assert f"{others}" in told.stderr
    assert told.stderr.startswith("error: ")
    assert told.stderr.count("\n") == 1


# --- The benchmark


def break_off(_: str) -> None:
    raise NotADirectoryError


def test_a_benchmark_empties_no_folder_but_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years", "utf-8")
    with pytest.raises(UserError, match="is not the folder of a benchmark"):
        bench(1000, tmp_path)
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "ten years"
    with pytest.raises(UserError, match="is not the folder of a benchmark"):
        bench(1000, tmp_path / "thesis.txt")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / MADE).touch()
    (tmp_path / "own" / "old").touch()
    with pytest.raises(NotADirectoryError):
        bench(1000, tmp_path / "own", break_off)
    assert not (tmp_path / "own" / "old").exists()
