"""One run at a time: who holds the warehouse is told, and who is gone holds it no more."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scripts.landing.land import land
from scripts.run import run
from scripts.scoring.publish import publish
from scripts.shared import paths
from scripts.shared.errors import BusyError
from scripts.shared.lock import exclusive
from scripts.shared.paths import PROJECT

HOLD = """
import sys
import threading
from scripts.shared.lock import exclusive
with exclusive("land"):
    print("held", flush=True)
    sys.stdin.readline()
"""
LEADS = "lead_id,created_at\na,2025-01-01\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file to land, beside the warehouse."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "warehouse" / "leads.duckdb"))
    data = tmp_path / "data"
    data.mkdir()
    (data / "leads.csv").write_text(LEADS)
    return data


def holder() -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


def test_whatever_writes_says_who_holds_the_warehouse(folder: Path) -> None:
    process = holder()
    told = rf"is in use by `land` \(process {process.pid}, since 20.*\): wait"
    try:
        for command in (lambda: land(folder), publish, lambda: run(folder), lambda: run(None)):
            with pytest.raises(BusyError, match=told):
                command()
        assert not paths.warehouse_file().exists()
    finally:
        process.communicate("\n")
    assert land(folder).total.rows_landed == 1


@pytest.mark.parametrize("command", ["land", "build", "publish", "run"])
def test_the_second_command_exits_with_3_and_one_sentence(folder: Path, command: str) -> None:
    arguments = [str(folder)] if command in ("land", "run") else []
    process = holder()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "scripts", command, *arguments],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        process.communicate("\n")
    assert done.returncode == 3
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert f"process {process.pid}" in done.stderr


def test_a_lock_whose_holder_was_killed_is_taken_over(folder: Path) -> None:
    process = holder()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert json.loads(paths.lock_file().read_text())["pid"] == process.pid
    assert land(folder).total.rows_landed == 1
    assert paths.lock_file().read_text() == ""


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\0" * 5000])
def test_what_stands_in_a_lock_that_nobody_holds_does_not_matter(folder: Path, text: str) -> None:
    """Such as the number of a process that has ended, and that another one has now."""
    paths.lock_file().parent.mkdir()
    reused = json.dumps({"command": "land", "pid": os.getppid(), "started_at": "2001-01-01"})
    for content in (text, reused):
        paths.lock_file().write_text(content)
        land(folder)


def test_a_lock_that_says_nothing_is_still_one(folder: Path) -> None:
    process = holder()
    try:
        paths.lock_file().write_text("")
        with pytest.raises(BusyError, match="is in use by another run: wait"):
            land(folder)
    finally:
        process.communicate("\n")


def test_who_has_just_taken_the_lock_is_named(folder: Path) -> None:
    paths.lock_file().parent.mkdir(exist_ok=True)
    told = json.dumps({"command": "publish", "pid": 1, "started_at": "2025-01-01"})
    with paths.lock_file().open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        teller = threading.Timer(0.2, paths.lock_file().write_text, [told])
        teller.start()
        with pytest.raises(BusyError, match=r"is in use by `publish` \(process 1, since 2025"):
            land(folder)
        teller.join()


def test_a_command_within_a_command_goes_on(folder: Path) -> None:
    with exclusive("run"):
        land(folder)
        assert json.loads(paths.lock_file().read_text())["command"] == "run"
        land(folder)
    assert paths.lock_file().read_text() == ""
