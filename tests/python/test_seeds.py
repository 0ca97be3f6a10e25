"""Where dbt finds the seeds laid over the project's, and what it loads of them."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from scripts.scoring.whatif import whatif
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.overlay import SEEDS, have_same_rows, seed_path
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT

Rows = list[dict[str, object]]


@pytest.fixture
def channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A seed of one's own, in the environment."""
    monkeypatch.setenv("LEADS_SEEDS", str(tmp_path))
    text = (SEEDS / "mapping" / "channels.csv").read_text("utf-8").splitlines()[0]
    (tmp_path / "channels.csv").write_text(f"{text}\n", "utf-8")
    return tmp_path / "channels.csv"


def test_a_seed_is_laid_over_that_of_its_name_and_the_rest_stays(channels: Path) -> None:
    laid = PROJECT / seed_path()
    files = {file.relative_to(SEEDS) for file in SEEDS.rglob("*.*")}
    assert {file.relative_to(laid) for file in laid.rglob("*.*")} == files
    changed = {name for name in files if (laid / name).read_bytes() != (SEEDS / name).read_bytes()}
    assert changed == {Path("mapping/channels.csv")}
    assert (laid / "mapping" / "channels.csv").read_bytes() == channels.read_bytes()


def test_runs_at_once_of_the_same_seeds_do_not_disturb_each_other(channels: Path) -> None:
    shutil.rmtree(PROJECT / seed_path())
    with ThreadPoolExecutor(8) as runs:
        (folder,) = {run.result() for run in [runs.submit(seed_path) for _ in range(8)]}
    laid = (PROJECT / folder).stat().st_ino
    assert seed_path() == folder and (PROJECT / folder).stat().st_ino == laid
    assert not list((PROJECT / "target").glob("seeds-*/new"))


def test_other_seeds_lie_elsewhere(channels: Path) -> None:
    first = seed_path()
    channels.write_text(channels.read_text("utf-8") + "fairs,events\n", "utf-8")
    assert seed_path() != first


def test_a_folder_without_seeds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADS_SEEDS", str(tmp_path))
    with pytest.raises(UserError, match=r"^.+ is no folder of seeds: it holds no CSV file$"):
        seed_path()


def test_what_is_no_file_is_told_by_build_and_whatif_alike(channels: Path) -> None:
    channels.unlink()
    channels.mkdir()
    refusal = r"channels.csv: a folder stands there; a seed is a CSV file$"
    with pytest.raises(UserError, match=refusal) as building:
        seed_path()
    with pytest.raises(UserError, match=refusal) as trying:
        whatif(channels.parent)
    assert str(building.value) == str(trying.value)


def test_rows_are_the_same_whatever_the_order_of_rows_and_columns() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            """create table built (a varchar, b varchar);
            insert into built values ('1', '2'), ('1', '2'), ('3', null)"""
        )
        for query, expected in {
            "select b, a from built order by a desc": True,
            "select b as a, a as b from built": False,
            "select distinct a, b from built": False,
            "select a, b, b as c from built": False,
            "select a from built": False,
        }.items():
            connection.execute(f"create or replace temp table other as {query}")
            assert have_same_rows(connection, "temp.other", "built") == expected, query
            assert have_same_rows(connection, "built", "temp.other") == expected, query
        assert not have_same_rows(connection, "built", "missing")


def typed(name: str, row: Mapping[str, str]) -> dict[str, object]:
    """A row of a seed's file as its table has it: a blank cell is None."""
    types = read_seeds()[name].types
    return {column: _typed(types[column], text.strip(" ")) for column, text in row.items()}


def _typed(kind: str, text: str) -> object:
    if not text:
        return None
    if kind == "date":
        return date.fromisoformat(text)
    return text if kind == "string" else Decimal(text)


@dataclass(frozen=True)
class Project:
    """A project of its own, with what it builds inside."""

    folder: Path

    def run(self, *command: str) -> str:
        """What dbt or a script says; the exit code is the last word."""
        inside = ("LEADS_WAREHOUSE", "LEADS_SEEDS", "LEADS_TEMP", "DBT_TARGET_PATH", "DBT_LOG_PATH")
        done = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if name not in inside},
            capture_output=True,
            text=True,
            check=False,
        )
        return f"{done.stdout}{done.stderr}\nexit {done.returncode}"

    def seed(self, *names: str) -> None:
        told = self.run("dbt", "--quiet", "seed", *(["--select", *names] if names else []))
        assert told.endswith("exit 0"), told

    def connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.folder / "warehouse/leads.duckdb"))

    def loaded(self, name: str) -> Rows:
        with self.connect() as connection:
            found = connection.execute(f"from seeds.{name}")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def in_file(self, name: str) -> Rows:
        """The rows by Python's csv, with the types of the seed."""
        (file,) = (self.folder / "seeds").rglob(f"{name}.csv")
        with file.open(encoding="utf-8", newline="") as stream:
            return [typed(name, row) for row in csv.DictReader(stream)]

    def edit(self, name: str, change: Callable[[list[list[str]]], object]) -> None:
        """Change the rows of a seed, the header among them, in its file."""
        (file,) = (self.folder / "seeds").rglob(f"{name}.csv")
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        change(rows)
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)


def new_project(folder: Path) -> Project:
    """A copy of the project, seeded once."""
    for name in ("macros", "models", "scripts", "seeds"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    for file in (PROJECT / "tests").rglob("*.sql"):
        (folder / file.relative_to(PROJECT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / file.relative_to(PROJECT))
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, folder)
    project = Project(folder)
    (folder / "data").mkdir()
    (folder / "data/leads.csv").write_text("lead_id,created_at\na,2025-01-01\n", "utf-8")
    told = project.run("python", "-m", "scripts", "land", "data")
    assert told.endswith("exit 0"), told
    project.seed()
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return new_project(tmp_path_factory.mktemp("seeded") / "project")


def test_dbt_loads_by_name_what_check_seeds_reads(project: Project) -> None:
    """Whatever the order of the columns in file and table, and however a cell is quoted."""

    def swap(rows: list[list[str]]) -> None:
        one, other = (rows[0].index(name) for name in ("points", "window_days"))
        for row in rows:
            row[one], row[other] = row[other], row[one]

    project.edit("event_points", swap)
    project.edit("title_keywords", lambda rows: rows.append(['head "of" it', *rows[-1][1:]]))
    project.edit("role_mailboxes", lambda rows: rows.append(["'team'"]))
    with project.connect() as connection:  # as an older version would have them
        connection.execute("alter table seeds.channels drop column channel")
        connection.execute("alter table seeds.segments add column note varchar")
    changed = ("event_points", "title_keywords", "role_mailboxes", "channels", "segments")
    project.seed(*changed)
    for name in changed:
        assert project.loaded(name) == project.in_file(name), name


def test_a_copied_project_has_its_own_seeds(project: Project, tmp_path: Path) -> None:
    """Though dbt's memory of the project, which is copied with it, names the original's folder."""
    copy = Project(Path(shutil.copytree(project.folder, tmp_path / "copy")))
    points = next(iter(project.in_file("attribute_points"))).keys()
    place = [*points].index("points")
    own, others = (
        lambda rows: rows[1].__setitem__(place, "7.5"),
        lambda rows: rows[1].__setitem__(place, "2.5"),
    )
    before = project.in_file("attribute_points"), project.in_file("grade_bounds")
    project.edit("attribute_points", others)
    project.edit("grade_bounds", lambda rows: rows[1].__setitem__(-1, "1.5"))
    copy.edit("attribute_points", own)
    copy.seed("attribute_points", "grade_bounds")
    assert copy.loaded("attribute_points") == copy.in_file("attribute_points") != before[0]
    assert copy.loaded("grade_bounds") == before[1] != project.in_file("grade_bounds")
