"""Files that come in while nobody builds: what is published then is what a build would publish."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from scripts import watch as watching
from scripts.landing.land import LandResult, land
from scripts.run import RunResult
from scripts.scoring.news import OF_ALL, OF_LEADS, News, renew
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.watch import Watch
from tests.news import Day
from tests.python.conftest import Warehouse, held_warehouse

RENEWED = (*OF_ALL, *OF_LEADS)
EVENTS = "event_id,lead_id,event_type,occurred_at\n"

# Leads whose reasons do not add up to their score, which half a publication would have.
UNSOUND = """
select count(*) from (
    select lead_id, score_model, sum(points) as points from marts.lead_score_factors group by all
) as reasons
right join marts.lead_score_by_model as scores using (lead_id, score_model)
where coalesce(reasons.points, 0) is distinct from scores.score
"""


@pytest.fixture
def own(sample: tuple[Warehouse, RunResult], tmp_path: Path) -> Iterator[Warehouse]:
    """The sample, as if it were one's own data."""
    with sample[0].copied(tmp_path / "own") as copy:
        with duckdb.connect(str(copy.file)) as connection:
            connection.execute("drop table state.sample")
        yield copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "incoming").mkdir()
    return tmp_path / "incoming"


def published(warehouse: Warehouse) -> Path:
    return warehouse.folder / "published" / "leads.duckdb"


def take(watched: Watch) -> None:
    """A file is taken once two looks found it the same."""
    watched.look()
    watched.look()


def differing(warehouse: Warehouse, file: Path) -> dict[str, int]:
    """How many rows of the renewed marts a file has otherwise than the working file."""
    with duckdb.connect(str(warehouse.file), read_only=True) as connection:
        connection.execute(f"attach '{file}' as other (read_only)")
        found = {}
        for mart in RENEWED:
            built, other = f"select * from marts.{mart}", f"select * from other.marts.{mart}"
            ((found[mart],),) = connection.sql(
                f"select count(*) from (({built} except all {other})"
                f" union all ({other} except all {built}))"
            ).fetchall()
    return {mart: rows for mart, rows in found.items() if rows}


def build_renewed(warehouse: Warehouse) -> None:
    """Build what news renews, as the next night does."""
    names = [f"+{mart}" for mart in RENEWED]
    assert warehouse.dbt("--quiet", "run", "--select", *names).endswith("exit 0")


@contextmanager
def read_all_the_while(file: Path) -> Iterator[list[int]]:
    """What is unsound in the published file, whenever it is opened."""
    found: list[int] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            with duckdb.connect(str(file), read_only=True) as connection:
                found.extend(rows for (rows,) in connection.sql(UNSOUND).fetchall())
            time.sleep(0.05)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield found
    finally:
        ended.set()
        reader.join()


def test_what_is_published_is_what_a_build_gives(own: Warehouse, folder: Path) -> None:
    """Of rows of every entity that scores depend on, in two rounds of news."""
    before = own.folder / "before.duckdb"
    before.write_bytes(published(own).read_bytes())
    told: list[str] = []
    watched = Watch(folder, told.append)
    files = Day.of(own.file, seed=1).files(folder, 19)
    with read_all_the_while(published(own)) as unsound:
        for _ in range(6):
            next(files)
        take(watched)
        for _ in files:
            pass
        take(watched)
    assert [line.split(" and ")[0] for line in told] == [
        "lead_events.000.csv",
        "accounts.011.csv",
    ], told
    news = published(own).rename(own.folder / "news.duckdb")
    assert differing(own, before) == {}
    build_renewed(own)
    assert len(differing(own, before)) == len(RENEWED)
    assert differing(own, news) == {}
    assert unsound
    assert set(unsound) == {0}
    with duckdb.connect(str(news), read_only=True) as connection:
        assert connection.sql(
            "select scores_last_landing_id > last_landing_id from marts.run_info"
        ).fetchall() == [(True,)]


def test_what_cannot_be_landed_stops_nothing(
    own: Warehouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = iter([None, News(1, 0, ())])
    monkeypatch.setattr(watching, "renew", lambda: next(renewed))
    ((lead_id, clock),) = own.query(
        "select min(lead_id), max(clock_date) from raw.leads, marts.run_info"
    )
    (folder / "lead_events.bad.csv").write_text(
        f"{EVENTS}good,{lead_id},page_visit,{clock}\nbad,{lead_id},page_visit,soon\n"
    )
    (folder / "leads.parquet").write_bytes(b"PAR1 and no more")
    (folder / "unheard_of.csv").write_text("a\n1\n")
    (folder / ".lead_events.csv").write_text("half")
    told: list[str] = []
    watched = Watch(folder, told.append)
    take(watched)
    take(watched)
    assert told[0].startswith("lead_events.bad.csv line 3, column occurred_at: ")
    assert told[1].startswith("leads.parquet is not landed: ")
    assert told[2].startswith("unheard_of.csv is not landed: ")
    assert told[3].startswith("lead_events.bad.csv and 2 more: 1 rows landed, 1 set aside; 1 leads")
    assert len(told) == 4
    assert own.query("select line, value from raw.rejected_rows where file = 'lead_events.bad.csv'")


def test_a_file_is_taken_when_nobody_writes_to_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, though it is there for long; and again once it is another, or its mapping is."""
    taken: list[str] = []

    def note(_: Path, names: set[str]) -> LandResult:
        taken.extend(names)
        return LandResult("", datetime(2025, 1, 1), ())

    monkeypatch.setenv("LEADS_WAREHOUSE", str(folder.parent / "w" / "leads.duckdb"))
    monkeypatch.setattr(watching, "refuse_sample", lambda: None)
    monkeypatch.setattr(watching, "renew", lambda: None)
    monkeypatch.setattr(watching, "land", note)
    watched = Watch(folder, taken.append)
    file = folder / "leads.csv"
    for text in ("lead_id\n", "lead_id\n1\n", "lead_id\n1\n2\n"):
        file.write_text(text)
        watched.look()
    assert taken == []
    for _ in range(3):
        watched.look()
    assert taken == ["leads.csv"]
    file.write_text("lead_id\n3\n")
    take(watched)
    assert taken == ["leads.csv"] * 2
    (folder / "mapping.yml").write_text("decimal: comma\n")
    take(watched)
    assert taken == ["leads.csv"] * 3


def test_another_run_is_waited_for(
    own: Warehouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "renew", lambda: None)
    ((lead_id,),) = own.query("select min(lead_id) from raw.leads")
    told: list[str] = []
    watched = Watch(folder, told.append)
    (folder / "lead_events.csv").write_text(f"{EVENTS}e,{lead_id},page_visit,2025-01-01\n")
    with held_warehouse(own.file):
        take(watched)
        take(watched)
    assert len(told) == 1
    assert told[0].startswith("waiting: ")
    assert "is in use by" in told[0]
    take(watched)
    assert told[1].startswith("lead_events.csv: 1 rows landed, ")


def test_the_first_news_of_a_day_builds_all(
    own: Warehouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[bool] = []

    def build(daily: bool, arguments: tuple[str, ...]) -> None:
        built.append(daily)
        raise UserError("a test fails")

    monkeypatch.setattr(watching, "build_and_publish", build)
    day = Day.of(own.file, seed=1)
    tomorrow = day.clock + timedelta(1)
    (folder / "lead_events.csv").write_text(f"{EVENTS}e,{day.leads[0]},page_visit,{tomorrow}\n")
    told: list[str] = []
    take(Watch(folder, told.append))
    assert built == [True]
    assert told[0] == (
        f"the clock is {tomorrow}, and was {day.clock} at the last build: building all, as at night"
    )
    assert told[1].startswith("lead_events.csv: 1 rows landed; not published: a test fails, ")


def test_news_go_on_the_last_build_alone(own: Warehouse, folder: Path) -> None:
    ((lead_id,),) = own.query("select min(lead_id) from raw.leads")
    assert renew() is None
    (folder / "lead_events.csv").write_text(f"{EVENTS}e,{lead_id},page_visit,2025-01-01\n")
    land(folder)
    with duckdb.connect(str(own.file)) as connection:
        connection.execute("update state.build set is_published = false")
    with pytest.raises(UserError, match="is not of the last build: python -m scripts publish"):
        renew()
    assert [file.name for file in published(own).parent.glob("*.new*")] == []


def start(warehouse: Warehouse, folder: Path) -> "subprocess.Popen[str]":
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "scripts", "watch", str(folder)],
        cwd=PROJECT,
        env={**os.environ, **warehouse.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: "subprocess.Popen[str]", is_found: Callable[[str], bool]) -> str:
    assert process.stdout
    for line in process.stdout:
        if is_found(line):
            return line
    raise AssertionError("the watch ended early")


def test_it_ends_when_interrupted(own: Warehouse, folder: Path) -> None:
    with start(own, folder) as process:
        read_until(process, lambda line: line.startswith("watching "))
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.stdout
        assert process.stdout.read().startswith("watch ended; ")
    assert process.returncode == 0


def test_the_sample_is_not_watched(sample: tuple[Warehouse, RunResult], tmp_path: Path) -> None:
    with sample[0].copied(tmp_path / "copy"), pytest.raises(UserError, match="holds the sample"):
        Watch(tmp_path, print)


@pytest.mark.slow
def test_three_hundred_files_give_what_one_build_gives(own: Warehouse, folder: Path) -> None:
    told: list[str] = []
    watched = Watch(folder, told.append)
    for _ in Day.of(own.file, seed=3).files(folder, 300):
        take(watched)
    assert not [line for line in told if "not " in line]
    news = published(own).rename(own.folder / "news.duckdb")
    build_renewed(own)
    assert differing(own, news) == {}


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_where_it_was(own: Warehouse, folder: Path) -> None:
    draw = random.Random(5)
    for _ in Day.of(own.file, seed=4).files(folder, 12):
        with start(own, folder) as process:
            time.sleep(draw.uniform(1, 8))
            process.kill()
        with duckdb.connect(str(published(own)), read_only=True) as connection:
            assert connection.sql(UNSOUND).fetchall() == [(0,)]
    with start(own, folder) as process:
        read_until(process, lambda line: "scored anew" in line)
        time.sleep(3)
        process.send_signal(signal.SIGINT)
    news = published(own).rename(own.folder / "news.duckdb")
    build_renewed(own)
    assert differing(own, news) == {}
