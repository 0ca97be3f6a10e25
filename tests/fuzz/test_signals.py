"""Ctrl-C at any moment: one sentence or none, the shell's 130, and the same command goes on."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.landing.land import land
from scripts.landing.sample import write_sample
from scripts.run import run
from scripts.shared.paths import PROJECT

LEADS = 150
SENTENCE = "error: stopped. Nothing is half done"
FIRST_COMMANDS = ("land", "build", "check-seeds")
COMMANDS = (*FIRST_COMMANDS, "publish", "kpis", "explain", "whatif")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few made-up leads, landed."""
    folder = tmp_path_factory.mktemp("landed")
    write_sample(folder / "data", LEADS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        land(folder / "data")
    return folder


@pytest.fixture(scope="module")
def published(landed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, built and published."""
    folder = tmp_path_factory.mktemp("published") / "copy"
    shutil.copytree(landed, folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(folder).items():
            patch.setenv(name, value)
        run(folder / "data")
    return folder


def environment(folder: Path) -> dict[str, str]:
    return {
        "LEADS_WAREHOUSE": str(folder / "leads.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def interrupt(folder: Path, command: list[str], after: float) -> tuple[int, str]:
    """Press Ctrl-C so many seconds after the start of a command; its exit code and all it said.

    The signal goes to its group of processes, as that of a terminal does.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "scripts", *command],
        cwd=PROJECT,
        env={**os.environ, **environment(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        time.sleep(after)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=120)
    return process.returncode, said


def check(place: Path, folder: Path, seed: int, commands: Sequence[str]) -> None:
    """Stop one of the commands, on a copy of a place, and see what is said, and that it goes on."""
    draw = random.Random(seed)
    shutil.copytree(place, folder)
    write_sample(folder / "more", LEADS, seed=seed)
    name = draw.choice(commands)
    command = {
        "land": ["land", str(folder / "more")],
        "explain": ["explain", "l00000001", "--as-of", "2025-03-31"],
        "whatif": ["whatif", str(PROJECT / "presets" / "b_lifecycle_engagement")],
    }.get(name, [name])
    # The interpreter is up after some hundredths of a second.
    code, said = interrupt(folder, command, 0.1 + 8 * draw.random() ** 2)
    assert "Traceback" not in said, (command, said)
    assert "should not have happened" not in said, (command, said)
    assert code in (0, 2, 130, -signal.SIGINT), (command, code, said)
    if code == 130:
        assert SENTENCE in said, (command, said)
    if code == 2:  # it had its end already, whatever that was
        assert "error: " in said
    again = subprocess.run(
        [sys.executable, "-m", "scripts", "land", str(folder / "more")],
        cwd=PROJECT,
        env={**os.environ, **environment(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("seed", range(3))
def test_stopped_at_a_random_moment(landed: Path, tmp_path: Path, seed: int) -> None:
    check(landed, tmp_path / "copy", seed, FIRST_COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 100))
def test_stopped_at_a_hundred_moments(published: Path, tmp_path: Path, seed: int) -> None:
    check(published, tmp_path / "copy", seed, COMMANDS)
