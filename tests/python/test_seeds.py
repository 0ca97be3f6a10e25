"""Where dbt finds the seeds that `LEADS_SEEDS` lays over those of the project."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts.errors import UserError
from scripts.paths import PROJECT
from scripts.seeds import SEEDS, seed_path


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
    with pytest.raises(UserError, match=r"^LEADS_SEEDS names .*, which holds no CSV file$"):
        seed_path()
