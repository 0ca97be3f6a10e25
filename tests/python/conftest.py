"""Warehouses that tests share: each is built once a session in a folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from scripts.run import RunResult, run
from scripts.shared.paths import PROJECT
from tests import real_data
from tests.history import build_history

# The same cases on every machine and in every run.
settings.register_profile("seeded", derandomize=True)
settings.load_profile("seeded")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run one after the other what is in one file, or in files that share a warehouse."""
    warehouses = {"sample", "history"}
    sharing = {item.path for item in items if warehouses & {*getattr(item, "fixturenames", ())}}
    for item in items:
        group = "warehouses" if item.path in sharing else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))


@contextmanager
def held_warehouse(file: Path | None = None) -> Iterator[int]:
    """The number of another process that holds the working file, or another, open for writing."""
    hold = "from scripts.shared.warehouse import connect; c = connect(); print(flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold],
        cwd=PROJECT,
        env={**os.environ, **({"LEADS_WAREHOUSE": str(file)} if file else {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        yield holder.pid
    finally:
        holder.communicate(b"\n", timeout=30)


class Warehouse:
    """A built and published warehouse, and the environment that commands need to use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "leads.duckdb"
        self.environment = {
            "LEADS_WAREHOUSE": str(self.file),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }

    def run(self, data: Path | None) -> RunResult:
        """Land, build, publish and compute the KPIs here."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return run(data)

    def dbt(self, *arguments: str, project: Path = PROJECT, **more: str) -> str:
        """dbt's output here, with `more` in the environment; the exit code is the last word."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("dbt")), *arguments],
            cwd=project,
            env={**os.environ, **self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        return f"{done.stdout}{done.stderr}\nexit {done.returncode}"

    @contextmanager
    def copied(self, folder: Path) -> Iterator["Warehouse"]:
        """A copy in another folder, to which the environment leads meanwhile."""
        shutil.copytree(self.folder, folder)
        copy = Warehouse(folder)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in copy.environment.items():
                patch.setenv(name, value)
            yield copy

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a query on the working file."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.sql(sql).fetchall()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, RunResult]:
    """The sample, run from nothing."""
    warehouse = Warehouse(tmp_path_factory.mktemp("sample"))
    return warehouse, warehouse.run(None)


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small warehouse of tests/history.py."""
    folder = tmp_path_factory.mktemp("history")
    build_history(folder)
    return folder


@pytest.fixture
def small(history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small warehouse, in the environment."""
    shutil.copytree(history, tmp_path / "copy", ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "copy" / "leads.duckdb"))
    monkeypatch.setenv("LEADS_SEEDS", str(tmp_path / "copy" / "seeds"))
    return tmp_path / "copy"


@pytest.fixture(scope="session", params=["olist", "bpi2012"])
def real(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Warehouse]]:
    """Each of the real data sets, run from nothing; skipped where the data are missing."""
    folder = tmp_path_factory.mktemp(request.param)
    if not real_data.data_folder().is_dir():
        pytest.skip(f"no real data in {real_data.data_folder()}: name the folder in LEAD_DATA_DIR")
    getattr(real_data, f"write_{request.param}")(folder / "data")
    warehouse = Warehouse(folder)
    warehouse.run(folder / "data")
    yield request.param, warehouse
