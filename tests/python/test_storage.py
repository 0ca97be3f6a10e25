"""Disks that fill up or cannot be written: one sentence, and nothing half done."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from scripts.landing.land import land
from scripts.scoring.publish import publish
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT, published_file, warehouse_file

NOW = datetime(2025, 1, 1)
LEADS = 20_000
FULL = "cannot be written to: the disk is full; free space, or set LEADS_WAREHOUSE and LEADS_TEMP, "


def mounted(*arguments: str) -> bool:
    return subprocess.run(arguments, capture_output=True, check=False).returncode == 0


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of 24 MB that holds the warehouse and its temporary files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)):
        pytest.skip("no file system can be mounted here")
    monkeypatch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
    monkeypatch.delenv("LEADS_TEMP", raising=False)
    yield folder
    assert mounted("umount", str(folder))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    rows = "".join(f"l{i},2024-01-01,{i:x}@example.com\n" for i in range(LEADS))
    (folder / "leads.csv").write_text(f"lead_id,created_at,email\n{rows}bad,never,\n")
    return folder


def fill(disk: Path, left: int) -> Path:
    """Fill a disk up to some bytes."""
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with filler.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, free - left)
    return filler


def landed() -> int:
    with duckdb.connect(str(warehouse_file()), read_only=True) as connection:
        ((count,),) = connection.sql("select count(*) from raw.leads").fetchall()
        return int(count)


@pytest.mark.parametrize("left", [0, 4096, 40_000, 300_000, 1_000_000])
def test_a_full_disk_lands_nothing_of_a_folder(disk: Path, data: Path, left: int) -> None:
    before = data.parent / "before"
    before.mkdir()
    (before / "leads.csv").write_text("lead_id,created_at\nold,2024-01-01\n")
    land(before, NOW)
    filler = fill(disk, left)
    with pytest.raises(UserError) as error:
        land(data, NOW)
    assert str(error.value) == f"{disk} {FULL}and run again."
    assert landed() == 1
    filler.unlink()
    assert landed() == 1
    assert land(data, NOW).total.rows_landed == LEADS
    assert land(data, NOW).total.files_skipped == 1


def marts(rows: int) -> None:
    """A working file whose marts are built: scores of so many leads."""
    with duckdb.connect(str(warehouse_file())) as connection:
        connection.execute(
            f"""create schema if not exists marts; create schema if not exists state;
            create or replace table state.build as
                select true as is_sound, true as was_sound,
                    '{{"lead_score": false, "run_info": false}}' as marts;
            create or replace table marts.run_info as
                select '{rows}' as run_id, date '2025-06-01' as clock_date;
            create or replace table marts.lead_score as
                select md5(i::varchar) as lead_id, 'standard' as score_model,
                    i::decimal(18, 4) as score, 'cold' as band, date '2025-06-01' as score_date
                from range({rows}) as t (i)"""
        )


def published() -> list[tuple[int, str]]:
    """The number of scores and the run that the published file shows."""
    with duckdb.connect(str(published_file()), read_only=True) as connection:
        return connection.sql(
            "select (select count(*) from marts.lead_score), run_id from marts.run_info"
        ).fetchall()


@pytest.mark.parametrize("left", [0, 4096, 300_000, 1_000_000])
def test_a_full_disk_leaves_what_was_published(disk: Path, left: int) -> None:
    marts(50_000)
    publish()
    marts(52_000)
    filler = fill(disk, left)
    with pytest.raises(UserError) as error:
        publish()
    assert str(error.value) == f"{disk} {FULL}and run again."
    assert published() == [(50_000, "50000")]
    filler.unlink()
    publish()
    assert published() == [(52_000, "52000")]
    assert sorted(path.name for path in published_file().parent.iterdir()) == [
        "kept",
        "leads.duckdb",
    ]
    with duckdb.connect(str(warehouse_file()), read_only=True) as connection:
        seen = "select run_id, count(*) from state.score_published group by 1 order by 1"
        assert connection.sql(seen).fetchall() == [("50000", 50_000), ("52000", 2_000)]


def test_a_read_only_disk_is_one_sentence(disk: Path, data: Path) -> None:
    marts(10)
    publish()
    assert mounted("mount", "-o", "remount,ro", str(disk))
    for command in (lambda: land(data, NOW), publish):
        with pytest.raises(UserError) as error:
            command()
        assert str(error.value) == (
            f"{disk} cannot be written to: the disk is read-only; make it writable, or set "
            "LEADS_WAREHOUSE, and run again."
        )
    assert published() == [(10, "10")]


def test_a_limit_to_the_size_of_files_is_one_sentence(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "here" / "leads.duckdb"))
    done = subprocess.run(
        [sys.executable, "-m", "scripts", "land", str(data)],
        cwd=PROJECT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        f"error: {tmp_path / 'here'} cannot be written to: a file may not grow as large as is "
        "needed; lift the limit, and run again.\n",
    )
    assert land(data, NOW).total.rows_landed == LEADS


def test_a_folder_of_another_user_is_one_sentence(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stood in for, since root may write everywhere."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("scripts.shared.lock.os.open", refuse)
    with pytest.raises(UserError) as error:
        land(data, NOW)
    assert str(error.value) == f"{tmp_path / 'leads.lock'} cannot be written: Permission denied."
