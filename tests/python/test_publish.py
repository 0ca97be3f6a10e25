"""Publishing: what is copied, who sees what, and what a failure leaves behind."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.errors import UserError
from scripts.paths import PROJECT
from scripts.publish import publish

Node = dict[str, Any]

READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for line in sys.stdin:
    print(connection.sql(line).fetchall(), flush=True)
"""

KILLED_BEFORE_THE_RENAME = """
import os, signal
from scripts import publish
publish._sync = lambda path: os.kill(os.getpid(), signal.SIGKILL)
publish.publish()
"""


def mart(name: str, materialized: str = "table", path: str = "models/marts/x.sql") -> Node:
    return {
        "resource_type": "model",
        "schema": "marts",
        "alias": name,
        "original_file_path": path,
        "config": {"materialized": materialized},
    }


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working file with two marts, a view over one and a table of another schema."""
    file = tmp_path / "it's mine" / "working.duckdb"
    file.parent.mkdir()
    monkeypatch.setenv("LEADS_WAREHOUSE", str(file))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.delenv("LEADS_TEMP", raising=False)
    run(
        file,
        """
        create schema marts;
        create schema raw;
        create table marts.lead_score as select 'l' || i as lead_id, i as score from range(3) t(i);
        create table marts."odd ""name" as select 1 as one;
        create view marts.lead_score_view as from marts.lead_score;
        create table raw.leads as select 'secret' as email;
        """,
    )
    manifest(
        tmp_path,
        mart("lead_score", "incremental"),
        mart('odd "name'),
        mart("lead_score_view", "view"),
        mart("not_a_mart", path="models/intermediate/not_a_mart.sql"),
    )
    return file


def run(file: Path, sql: str) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute(sql)


def manifest(folder: Path, *nodes: Node) -> None:
    file = folder / "target" / "manifest.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"nodes": {node["alias"]: node for node in nodes}}))


def tables(file: Path) -> list[tuple[str, str, str]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables"
            " order by all"
        ).fetchall()


def lead_ids(file: Path) -> list[str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return [row[0] for row in connection.execute("from marts.lead_score").fetchall()]


def published(warehouse: Path) -> Path:
    return warehouse.parent / "published" / "leads.duckdb"


def test_mart_tables_are_published_and_nothing_else(warehouse: Path) -> None:
    result = publish()
    assert result.file == published(warehouse)
    assert result.rows == {"lead_score": 3, 'odd "name': 1}
    assert tables(result.file) == [
        ("marts", "lead_score", "BASE TABLE"),
        ("marts", 'odd "name', "BASE TABLE"),
    ]
    assert lead_ids(result.file) == ["l0", "l1", "l2"]
    assert [path.name for path in result.file.parent.iterdir()] == ["leads.duckdb"]


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

    run(warehouse, "insert into marts.lead_score values ('l3', 3)")
    with published(warehouse).open("rb") as held:
        before = published(warehouse).read_bytes()
        publish()
        assert held.read() == before

    answer, _ = reader.communicate(count, timeout=30)
    assert answer == "[(3,)]\n"
    assert lead_ids(published(warehouse)) == ["l0", "l1", "l2", "l3"]


def test_a_killed_publication_leaves_the_old_file_and_is_cleaned_up(warehouse: Path) -> None:
    publish()
    run(warehouse, "insert into marts.lead_score values ('l3', 3)")
    killed = subprocess.run([sys.executable, "-c", KILLED_BEFORE_THE_RENAME], cwd=PROJECT)
    folder = published(warehouse).parent
    assert killed.returncode == -signal.SIGKILL
    assert {path.name for path in folder.iterdir()} == {"leads.duckdb", "leads.duckdb.new"}
    assert lead_ids(published(warehouse)) == ["l0", "l1", "l2"]

    (folder / "leads.duckdb.new").write_bytes(b"half a file")
    (folder / "leads.duckdb.new.wal").write_bytes(b"half a log")
    publish()
    assert [path.name for path in folder.iterdir()] == ["leads.duckdb"]
    assert lead_ids(published(warehouse)) == ["l0", "l1", "l2", "l3"]


def test_a_missing_mart_is_named_and_the_published_file_left_alone(
    warehouse: Path, tmp_path: Path
) -> None:
    publish()
    before = published(warehouse).read_bytes()
    run(warehouse, "insert into marts.lead_score values ('l3', 3)")
    manifest(tmp_path, mart("lead_score"), mart("funnel"), mart("calendar"))
    with pytest.raises(UserError, match="lacks calendar, funnel; build the marts first"):
        publish()
    assert published(warehouse).read_bytes() == before
    assert [path.name for path in published(warehouse).parent.iterdir()] == ["leads.duckdb"]


def test_a_copy_that_lacks_rows_is_not_put_in_place(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    before = published(warehouse).read_bytes()
    counts = iter((2, 3))
    monkeypatch.setattr("scripts.publish._count", lambda connection, table: next(counts))
    with pytest.raises(UserError, match=r"lead_score.* has 2 rows; publish again"):
        publish()
    assert published(warehouse).read_bytes() == before
    assert [path.name for path in published(warehouse).parent.iterdir()] == ["leads.duckdb"]


def test_a_mart_that_is_a_view_where_a_table_is_expected_is_missing(
    warehouse: Path, tmp_path: Path
) -> None:
    manifest(tmp_path, mart("lead_score_view"))
    with pytest.raises(UserError, match="lacks lead_score_view"):
        publish()
    assert not published(warehouse).exists()


def test_a_missing_warehouse_is_not_created(warehouse: Path) -> None:
    warehouse.unlink()
    with pytest.raises(UserError, match=r"no warehouse at .*working\.duckdb"):
        publish()
    assert not warehouse.exists()


def test_a_missing_manifest_is_said(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "target" / "manifest.json").unlink()
    with pytest.raises(UserError, match=r"no dbt manifest at .*make run"):
        publish()


def test_a_warehouse_in_use_is_not_published(warehouse: Path) -> None:
    publish()
    before = published(warehouse).read_bytes()
    writer = subprocess.Popen(
        [sys.executable, "-c", READER.replace(", read_only=True", ""), str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdin and writer.stdout
    writer.stdin.write("select 1\n")
    writer.stdin.flush()
    writer.stdout.readline()
    try:
        with pytest.raises(UserError, match=r"working\.duckdb is in use by"):
            publish()
    finally:
        writer.communicate(timeout=30)
    assert published(warehouse).read_bytes() == before


def publish_scores(file: Path, run_id: str, clock: str, *scores: tuple[str, str | None]) -> None:
    """Put these scores into the marts, as of a run, and publish them."""
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
    publish()


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


def test_a_publication_killed_before_it_was_remembered_is_made_up_for(warehouse: Path) -> None:
    publish_scores(warehouse, "monday", "2025-06-02", ("a", "70"))
    run(warehouse, "delete from state.score_published; delete from state.publications")
    publish_scores(warehouse, "tuesday", "2025-06-03", ("a", "72"))
    assert seen(warehouse) == [("monday", "a", 70), ("tuesday", "a", 72)]
