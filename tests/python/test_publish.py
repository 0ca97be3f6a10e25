"""Publishing: what is copied, who sees what, and what a failure leaves behind."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.run import RunResult
from scripts.scoring import publish as module
from scripts.scoring.publish import publish, rollback
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.settings import project_var
from scripts.shared.warehouse import connect, quote_literal
from tests.python.conftest import Warehouse, held_warehouse

READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for line in sys.stdin:
    print(connection.sql(line).fetchall(), flush=True)
"""

# Killed when the function is called for the n-th time.
KILLED_AT = """
import itertools, os, signal
from scripts.scoring import publish
step, calls = publish.{0}, itertools.count(1)
def killed(*arguments):
    if next(calls) == {1}:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(*arguments)
publish.{0} = killed
publish.publish()
"""


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working file with two marts, a view over one and a table of another schema."""
    file = tmp_path / "it's mine" / "working.duckdb"
    file.parent.mkdir()
    monkeypatch.setenv("LEADS_WAREHOUSE", str(file))
    monkeypatch.delenv("LEADS_TEMP", raising=False)
    run(
        file,
        """
        create schema marts;
        create schema raw;
        create schema state;
        create table state.build as select true as is_sound, true as was_sound, '' as marts;
        create table marts.run_info as select 'r' as run_id, date '2025-06-01' as clock_date;
        create table marts.lead_score as
            select 'l' || i as lead_id, 'standard' as score_model, i::decimal(18, 4) as score,
                'cold' as band, date '2025-06-01' as score_date
            from range(3) t(i);
        create table marts."odd ""name" as select 1 as one;
        create table marts.of_a_model_that_is_gone as select 1 as one;
        create view marts.lead_score_view as from marts.lead_score;
        create table raw.leads as select 'secret' as email;
        create table raw.landings as select
            1 as landing_id, 'leads.csv' as file, 'leads' as entity,
            10 as rows_read, 5 as rows_rejected;
        """,
    )
    name_marts(file, "run_info", "lead_score", 'odd "name')
    return file


def run(file: Path, sql: str) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute(sql)


def add_lead(file: Path) -> None:
    run(file, "insert into marts.lead_score values ('l3', 'standard', 3, 'cold', '2025-06-01')")


def name_marts(file: Path, *names: str, rows_vary: bool = False) -> None:
    """Notes, as a build does, which tables are marts."""
    marts = json.dumps(dict.fromkeys(names, rows_vary))
    run(file, f"update state.build set marts = {quote_literal(marts)}")


def tables(file: Path) -> list[tuple[str, str, str]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables"
            " order by all"
        ).fetchall()


def format_number(file: Path) -> int:
    """What the head of the file says of its format; DuckDB before 1.2 reads none but 64."""
    return int.from_bytes(file.read_bytes()[12:20], "little")


def lead_ids(file: Path) -> list[str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute("from marts.lead_score order by lead_id").fetchall()
        return [row[0] for row in rows]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def published(warehouse: Path) -> Path:
    return warehouse.parent / "published" / "leads.duckdb"


def test_mart_tables_are_published_and_nothing_else(warehouse: Path) -> None:
    result = publish()
    assert result.file == published(warehouse)
    assert result.rows == {"lead_score": 3, 'odd "name': 1, "run_info": 1}
    assert tables(result.file) == [
        ("marts", "lead_score", "BASE TABLE"),
        ("marts", 'odd "name', "BASE TABLE"),
        ("marts", "run_info", "BASE TABLE"),
    ]
    assert lead_ids(result.file) == ["l0", "l1", "l2"]
    assert names(result.file.parent) == ["leads.duckdb"]


def test_tools_with_an_older_duckdb_read_what_is_published(warehouse: Path) -> None:
    warehouse.rename(warehouse.with_name("older.duckdb"))
    with connect() as connection:
        connection.execute(
            f"attach {quote_literal(str(warehouse.with_name('older.duckdb')))} as older"
        )
        connection.execute(f"copy from database older to {warehouse.stem}")
    publish()
    assert format_number(warehouse) > 64
    assert format_number(published(warehouse)) == 64


def test_a_reader_keeps_the_old_file_and_the_next_one_sees_the_new(warehouse: Path) -> None:
    publish()
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(published(warehouse))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin and reader.stdout
    count = "select count(*) from marts.lead_score\n"
    reader.stdin.write(count)
    reader.stdin.flush()
    assert reader.stdout.readline() == "[(3,)]\n"

    add_lead(warehouse)
    with published(warehouse).open("rb") as held:
        before = published(warehouse).read_bytes()
        publish()
        assert held.read() == before

    answer, _ = reader.communicate(count, timeout=30)
    assert answer == "[(3,)]\n"
    assert lead_ids(published(warehouse)) == ["l0", "l1", "l2", "l3"]


def test_a_killed_publication_leaves_the_old_file_and_is_cleaned_up(warehouse: Path) -> None:
    publish()
    add_lead(warehouse)
    killed = subprocess.run([sys.executable, "-c", KILLED_AT.format("_sync", 1)], cwd=PROJECT)
    folder = published(warehouse).parent
    assert killed.returncode == -signal.SIGKILL
    assert names(folder) == ["leads.duckdb", "leads.duckdb.new"]
    assert lead_ids(published(warehouse)) == ["l0", "l1", "l2"]

    (folder / "leads.duckdb.new").write_bytes(b"half a file")
    (folder / "leads.duckdb.new.wal").write_bytes(b"half a log")
    publish()
    assert names(folder) == ["kept", "leads.duckdb"]
    assert lead_ids(published(warehouse)) == ["l0", "l1", "l2", "l3"]


def test_a_build_notes_which_tables_are_marts(sample: tuple[Warehouse, RunResult]) -> None:
    ((noted,),) = sample[0].query("select marts from state.build")
    marts = json.loads(str(noted))
    files = {file.stem for file in (PROJECT / "models" / "marts").rglob("*.sql")}
    assert set(marts) == files
    assert set(sample[1].published.rows) == set(marts)
    assert marts["data_issues"] and not marts["lead_score"]


def test_a_missing_mart_is_named_and_the_published_file_left_alone(warehouse: Path) -> None:
    publish()
    before = published(warehouse).read_bytes()
    add_lead(warehouse)
    name_marts(warehouse, "lead_score", "run_info", "funnel", "calendar")
    with pytest.raises(UserError, match="lacks calendar, funnel; build the marts first"):
        publish()
    assert published(warehouse).read_bytes() == before
    assert names(published(warehouse).parent) == ["leads.duckdb"]


def test_a_copy_that_lacks_rows_is_not_put_in_place(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    before = published(warehouse).read_bytes()
    counts = iter((2, 3))
    monkeypatch.setattr(
        "scripts.scoring.publish.count_rows", lambda connection, table: next(counts)
    )
    with pytest.raises(UserError, match=r"lead_score.* has 2 rows; publish again"):
        publish()
    assert published(warehouse).read_bytes() == before
    assert names(published(warehouse).parent) == ["leads.duckdb"]


def test_a_mart_that_is_a_view_where_a_table_is_expected_is_missing(warehouse: Path) -> None:
    name_marts(warehouse, "lead_score_view")
    with pytest.raises(UserError, match="lacks lead_score_view"):
        publish()
    assert not published(warehouse).exists()


def test_a_missing_warehouse_is_not_created(warehouse: Path) -> None:
    warehouse.unlink()
    with pytest.raises(UserError, match=r"no warehouse at .*working\.duckdb"):
        publish()
    assert not warehouse.exists()


def test_a_warehouse_in_use_is_not_published(warehouse: Path) -> None:
    publish()
    before = published(warehouse).read_bytes()
    with held_warehouse(), pytest.raises(UserError, match=r"working\.duckdb is in use by"):
        publish()
    assert published(warehouse).read_bytes() == before


def publish_scores(file: Path, run_id: str, clock: str, *scores: tuple[str, str | None]) -> None:
    """Put these scores into the marts, as of a run, and publish them."""
    put_scores(file, run_id, clock, *scores)
    publish()


def put_scores(file: Path, run_id: str, clock: str, *scores: tuple[str, str | None]) -> None:
    run(file, "drop view if exists marts.lead_score_view")
    values = ", ".join(f"('{lead_id}', {score})" for lead_id, score in scores)
    run(
        file,
        f"""
        create or replace table marts.run_info as
            select '{run_id}' as run_id, date '{clock}' as clock_date;
        create or replace table marts.lead_score as
            select lead_id, 'standard' as score_model, score::decimal(18, 4) as score,
                'cold' as band, date '{clock}' as score_date
            from (values {values}) as v (lead_id, score)""",
    )


def scores(file: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.sql(
            "select lead_id, score_date, score::int from marts.lead_score"
        ).fetchall()


def seen(file: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file)) as connection:
        return connection.sql(
            "select run_id, lead_id, score::int from state.score_published order by all"
        ).fetchall()


def test_what_people_saw_is_kept_where_it_changed(warehouse: Path) -> None:
    publish_scores(warehouse, "monday", "2025-06-02", ("a", "70"), ("b", "10"))
    publish_scores(warehouse, "tuesday", "2025-06-03", ("a", "72"), ("b", "10"))
    publish_scores(warehouse, "wednesday", "2025-06-04", ("a", "72"), ("c", "5"))
    assert seen(warehouse) == [
        ("monday", "a", 70),
        ("monday", "b", 10),
        ("tuesday", "a", 72),
        ("wednesday", "b", None),
        ("wednesday", "c", 5),
    ]


def test_publishing_the_same_run_again_adds_nothing(warehouse: Path) -> None:
    for _ in range(2):
        publish_scores(warehouse, "monday", "2025-06-02", ("a", "70"))
    assert seen(warehouse) == [("monday", "a", 70)]


@pytest.mark.parametrize(
    ("killed_at", "is_seen"), [("_sync", False), ("_keep", False), ("_settle", True)]
)
def test_what_a_killed_publication_showed_is_known(
    warehouse: Path, killed_at: str, is_seen: bool
) -> None:
    publish_scores(warehouse, "monday", "2025-06-02", ("a", "70"))
    put_scores(warehouse, "tuesday", "2025-06-03", ("a", "72"))
    # The first _settle is that of the publication before.
    last = 2 if killed_at == "_settle" else 1
    subprocess.run([sys.executable, "-c", KILLED_AT.format(killed_at, last)], cwd=PROJECT)
    assert [row[2] for row in scores(published(warehouse))] == [72 if is_seen else 70]
    publish_scores(warehouse, "wednesday", "2025-06-04", ("a", "74"))
    tuesday = [("tuesday", "a", 72)] * is_seen
    assert seen(warehouse) == [("monday", "a", 70), *tuesday, ("wednesday", "a", 74)]


def test_marts_that_did_not_pass_are_not_published(warehouse: Path) -> None:
    publish()
    before = published(warehouse).read_bytes()
    for state in ("update state.build set is_sound = false", "drop table state.build"):
        run(warehouse, state)
        with pytest.raises(UserError, match="are not all built and tested"):
            publish()
    assert published(warehouse).read_bytes() == before


@pytest.mark.parametrize(
    ("before", "now", "is_sound"),
    [
        (1000, 1000, True),
        (1000, 780, True),
        (1000, 779, False),
        (1000, 3020, True),
        (1000, 3021, False),
        (10, 1, True),
        (10, 0, False),
        (1, 23, True),
        (1, 24, False),
        (0, 5000, True),
    ],
)
def test_rows_far_from_the_last_publication_are_not_published(
    warehouse: Path, before: int, now: int, is_sound: bool
) -> None:
    """Limits of 0.8 and 3 times the rows, give or take 20."""

    def fill(rows: int) -> None:
        run(warehouse, f'create or replace table marts."odd ""name" as from range({rows})')

    fill(before)
    publish()
    fill(now)
    if not is_sound:
        with pytest.raises(UserError) as error:
            publish()
        assert str(error.value) == (
            f'odd "name has {now:,} rows, {before:,} when last published: more of a change than '
            "`published_rows` in dbt_project.yml takes for sound, so what was published stays. If "
            "it is right: python -m scripts publish --accept-rows"
        )
        assert seen_rows(warehouse) == before
    publish(accept_rows=not is_sound)
    assert seen_rows(warehouse) == now
    publish()


def seen_rows(warehouse: Path) -> int:
    with duckdb.connect(str(published(warehouse)), read_only=True) as connection:
        ((rows,),) = connection.sql('select count(*) from marts."odd ""name"').fetchall()
        return int(rows)


def test_a_mart_whose_rows_vary_may_lose_them(warehouse: Path) -> None:
    name_marts(warehouse, "run_info", "lead_score", 'odd "name', rows_vary=True)
    publish()
    run(warehouse, 'delete from marts."odd ""name"')
    assert publish().rows['odd "name'] == 0


def test_rollback_goes_back_one_publication_at_a_time(warehouse: Path) -> None:
    for number, day in enumerate(("monday", "tuesday", "wednesday"), start=2):
        publish_scores(warehouse, day, f"2025-06-0{number}", ("a", str(number)))
    assert len(names(published(warehouse).parent / "kept")) == 2
    for number in (3, 2):
        assert rollback().clock_date == f"2025-06-0{number}"
        assert [row[2] for row in scores(published(warehouse))] == [number]
    with pytest.raises(UserError, match="no earlier publication is kept in"):
        rollback()
    assert [row[2] for row in scores(published(warehouse))] == [2]
    with duckdb.connect(str(warehouse)) as connection:
        told = connection.sql(
            "select run_id, score::int from state.score_published order by published_at"
        ).fetchall()
    assert told == [
        ("monday", 2),
        ("tuesday", 3),
        ("wednesday", 4),
        ("tuesday", 3),
        ("monday", 2),
    ]
    publish_scores(warehouse, "thursday", "2025-06-05", ("a", "5"))
    rollback()
    assert [row[2] for row in scores(published(warehouse))] == [2]


def test_the_last_publications_are_kept(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"published_files_kept": 2}
    monkeypatch.setattr(module, "project_var", lambda name: settings.get(name) or project_var(name))
    for number in range(2, 7):
        publish_scores(warehouse, f"run {number}", f"2025-06-0{number}", ("a", str(number)))
    kept = sorted((published(warehouse).parent / "kept").iterdir())
    assert [scores(file)[0][2] for file in kept] == [4, 5]


def test_a_current_file_that_a_killed_publication_kept_too_is_not_gone_back_to(
    warehouse: Path,
) -> None:
    publish_scores(warehouse, "monday", "2025-06-02", ("a", "70"))
    publish_scores(warehouse, "tuesday", "2025-06-03", ("a", "72"))
    put_scores(warehouse, "wednesday", "2025-06-04", ("a", "74"))
    subprocess.run([sys.executable, "-c", KILLED_AT.format("_put_in_place", 1)], cwd=PROJECT)
    assert len(names(published(warehouse).parent / "kept")) == 2
    rollback()
    assert [row[2] for row in scores(published(warehouse))] == [70]


def test_a_file_system_without_hard_links_keeps_copies(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    publish_scores(warehouse, "monday", "2025-06-02", ("a", "70"))
    publish_scores(warehouse, "tuesday", "2025-06-03", ("a", "72"))
    rollback()
    assert [row[2] for row in scores(published(warehouse))] == [70]


@pytest.mark.parametrize(("rejected", "is_refused"), [(5, False), (6, True)])
def test_too_many_rows_set_aside_keep_what_was_published(
    warehouse: Path, rejected: int, is_refused: bool
) -> None:
    """Of ten rows of a file's last landing; a landing that was put right counts no more."""
    run(warehouse, f"update raw.landings set rows_rejected = {rejected}")
    run(warehouse, "insert into raw.landings values (0, 'leads.csv', 'leads', 10, 10)")
    if is_refused:
        with pytest.raises(UserError, match="6 of the 10 rows of leads were set aside"):
            publish()
    else:
        assert publish().set_aside == {"leads": (5, 10)}
    assert publish(accept_rows=True).set_aside == {"leads": (rejected, 10)}
