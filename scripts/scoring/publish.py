"""Put a copy of the marts where BI tools read it, keep the last ones, and go back to them."""
# ruff: noqa: S608 (names of tables are quoted)

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.faults import known
from scripts.shared.interface import LAST_BUILD
from scripts.shared.lock import exclusive
from scripts.shared.modes import make_shared, share
from scripts.shared.settings import project_var
from scripts.shared.warehouse import (
    built_file,
    connect,
    copy_comments,
    holds,
    quote_identifier,
    quote_literal,
    reading,
    storage,
)

SCHEMA = "marts"
COPY = "_copy"
EPOCH = datetime(1970, 1, 1)

# What people saw: a row for each lead whose score, band or model a publication changed, or that is
# no longer published (NULL). A lead keeps its row's score until its next row.
STATE = f"""
create schema if not exists state;
create table if not exists state.publications (
    published_at timestamp, run_id varchar, clock_date date
);
alter table state.publications add column if not exists mart_rows json;
alter table state.publications add column if not exists is_in_place boolean default true;
create table if not exists state.score_published (
    published_at timestamp, run_id varchar, lead_id varchar, score_model varchar,
    score decimal(18, 4), band varchar, score_date date
);
create table if not exists state.assignments (
    published_at timestamp, run_id varchar, lead_id varchar, rep_id varchar,
    routing_rule_id varchar, assigned_on date, assigned_because varchar
);
create table if not exists state.news_leads (lead_id varchar);
alter table if exists {LAST_BUILD} add column if not exists is_published boolean;
"""
CHANGES = """
insert into state.score_published
with last_seen as (
    select * from state.score_published
    qualify row_number() over (partition by lead_id order by published_at desc) = 1
)
select $published_at, $run_id, lead_id, now.score_model, now.score, now.band, now.score_date
from _copy.marts.lead_score as now
full join last_seen as seen using (lead_id)
where (now.score_model, now.score, now.band)
    is distinct from (seen.score_model, seen.score, seen.band)
order by lead_id
"""

# Whose each lead is, by the same rule: a lead that nobody works any more has NULL. The next build
# reads it, so that a lead stays with its rep.
ASSIGNED = """
insert into state.assignments
with last_seen as (
    select * from state.assignments
    qualify row_number() over (partition by lead_id order by published_at desc) = 1
)
select $published_at, $run_id, lead_id, now.rep_id, now.routing_rule_id,
    now.assigned_on, now.assigned_because
from (from _copy.marts.lead_assignments where rep_id is not null) as now
full join last_seen as seen using (lead_id)
where (now.rep_id, now.routing_rule_id, now.assigned_on)
    is distinct from (seen.rep_id, seen.routing_rule_id, seen.assigned_on)
order by lead_id
"""

# Of each file's last landing, by entity.
SET_ASIDE = """
select entity, sum(rows_rejected)::bigint, sum(rows_read)::bigint
from (
    from raw.landings
    qualify landing_id = max(landing_id) over (partition by file)
)
group by entity
having sum(rows_rejected) > 0
order by entity
"""


@dataclass(frozen=True)
class PublishResult:
    """The published file, the rows of each table in it by name, and its warehouse clock.

    `set_aside` has the rows set aside and read, of each file's last landing, by entity.
    """

    file: Path
    rows: dict[str, int]
    clock_date: str
    set_aside: dict[str, tuple[int, int]]


def publish(accept_rows: bool = False) -> PublishResult:
    """Copy every mart into the published file, in place of the old one, which is kept.

    Views are left out. A reader that holds the old file keeps it; whoever connects next sees the
    new one. Raises UserError, and leaves the published file alone, where the working file or a
    mart of the project is missing, the last `dbt build` did not pass, or, where `accept_rows` is
    not set, a mart's rows are far from those of the last publication (`published_rows` in
    dbt_project.yml) or too many landed rows were set aside (`set_aside_share`); BusyError where
    another run holds the warehouse.
    """
    target, new = paths.published_file(), _new_file()
    with exclusive("publish"):
        source = built_file()
        try:
            with storage(), closing(connect()) as connection:
                marts = _marts(connection)
                _settle(connection)
                set_aside = _set_aside(connection)
                make_shared(target.parent)
                _remove(new)
                rows = _copy(connection, new, marts)
                share(new)
                if not accept_rows:
                    _refuse_odd_rows(connection, rows, marts)
                    _refuse_set_aside(set_aside)
                clock = _announce(connection, new, rows)
                connection.execute("truncate state.news_leads")
                _sync(new)
                _keep(target)
                _put_in_place(connection, new)
                connection.execute(f"update {LAST_BUILD} set is_published = true")
        except duckdb.Error as error:
            cause = known(error) or f"{source} cannot be published: {str(error).splitlines()[0]}"
            raise UserError(cause) from error
        finally:
            _remove(new)
        _prune(project_var("published_files_kept"))
    return PublishResult(target, rows, clock, set_aside)


def rollback() -> PublishResult:
    """Put the file published before the current one back in place; the current one is gone.

    Done again, it goes further back. The working file keeps its marts: mend what was wrong with
    them, or the next publication brings it back. Raises UserError where no file is kept.
    """
    with exclusive("rollback"):
        target = paths.published_file()
        _prune(project_var("published_files_kept"))
        kept = _kept()
        if not kept:
            raise UserError(f"no earlier publication is kept in {paths.kept_folder()}")
        try:
            with storage(), closing(connect()) as connection:
                _settle(connection)
                rows = _rows(connection, kept[-1])
                clock = _announce(connection, kept[-1], rows)
                set_aside = _set_aside(connection)
                if holds(connection, LAST_BUILD):
                    connection.execute(f"update {LAST_BUILD} set is_published = false")
                _put_in_place(connection, kept[-1])
        except duckdb.Error as error:
            cause = str(error).splitlines()[0]
            cause = known(error, kept[-1]) or f"{kept[-1]} cannot be put back: {cause}"
            raise UserError(cause) from error
    return PublishResult(target, rows, clock, set_aside)


@contextmanager
def copied_publication() -> Iterator[Path]:
    """A copy of the published file, to be changed and given to `publish_news`; gone afterwards.

    Raises UserError where what is published is not the last build, whole and tested.
    """
    target, new = paths.published_file(), _new_file()
    with reading() as connection:
        _marts(connection)
        ((is_last,),) = connection.sql(f"select is_published from {LAST_BUILD}").fetchall()
    if not (is_last and target.is_file()):
        raise UserError(f"{target} is not of the last build: python -m scripts publish")
    try:
        _remove(new)
        with storage():
            shutil.copyfile(target, new)
        share(new)
        yield new
    finally:
        _remove(new)


def publish_news(new: Path, lead_ids: Sequence[str]) -> None:
    """Put a copy of the published file in its place in which rows of these leads are renewed.

    The one before is not kept: `rollback` goes back to the last whole publication but one. Raises
    UserError as `publish` does for a mart's rows, BusyError where another run holds the warehouse.
    """
    with exclusive("news"):
        try:
            with storage(), closing(connect()) as connection:
                marts = _marts(connection)
                _settle(connection)
                rows = _rows(connection, new)
                _refuse_odd_rows(connection, rows, marts)
                connection.execute(
                    "insert into state.news_leads (select unnest($1) except from state.news_leads)",
                    [lead_ids],
                )
                _announce(connection, new, rows)
                _sync(new)
                _put_in_place(connection, new)
        except duckdb.Error as error:
            cause = known(error) or f"{new} cannot be published: {str(error).splitlines()[0]}"
            raise UserError(cause) from error


def is_evaluated() -> bool:
    """Whether the working file's quality marts are of a build that passed, as `daily` needs."""
    with duckdb.connect(str(paths.warehouse_file()), read_only=True) as connection:
        try:
            return connection.sql(f"from {LAST_BUILD} where is_evaluated").fetchall() != []
        except (duckdb.BinderException, duckdb.CatalogException):
            return False


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, bool]:
    """The tables that the last `dbt build` made as marts, and whether their rows vary.

    They are fit to be seen when it ended and every test of it passed; raises UserError otherwise.
    """
    try:
        found = connection.sql(f"select marts from {LAST_BUILD} where is_sound").fetchall()
    except (duckdb.BinderException, duckdb.CatalogException):
        found = []
    if not found or found[0][0] is None:
        raise UserError(
            f"the marts in {paths.warehouse_file()} are not all built and tested: the last build "
            "failed, was ended early or left out tests; run `dbt build`, and publish again"
        )
    marts: dict[str, bool] = json.loads(found[0][0])
    return marts


def _refuse_odd_rows(
    connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int], marts: Mapping[str, bool]
) -> None:
    """A mart that lost or gained many rows since the last publication is more likely broken."""
    last = connection.sql(
        "select mart_rows from state.publications order by published_at desc limit 1"
    ).fetchall()
    before = json.loads(last[0][0]) if last and last[0][0] else {}
    limits = project_var("published_rows")
    odd = []
    for name, now in rows.items():
        least = before.get(name, 0) * limits["at_least"] - limits["slack"]
        most = before.get(name, 0) * limits["at_most"] + limits["slack"]
        if before.get(name) and not marts[name] and not (now and least <= now <= most):
            odd.append(f"{name} has {now:,} rows, {before[name]:,} when last published")
    if odd:
        raise UserError(
            f"{'; '.join(odd)}: more of a change than `published_rows` in dbt_project.yml takes "
            "for sound, so what was published stays. If it is right: "
            "python -m scripts publish --accept-rows"
        )


def _set_aside(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """None where raw was not filled by landings."""
    if not holds(connection, "raw.landings"):
        return {}
    return {
        entity: (rejected, read) for entity, rejected, read in connection.sql(SET_ASIDE).fetchall()
    }


def _refuse_set_aside(set_aside: Mapping[str, tuple[int, int]]) -> None:
    """Numbers without a good part of their rows would mislead."""
    most = project_var("set_aside_share")
    if told := [
        f"{rejected:,} of the {read:,} rows of {entity}"
        for entity, (rejected, read) in set_aside.items()
        if rejected > most * read
    ]:
        raise UserError(
            f"{'; '.join(told)} were set aside, more than `set_aside_share` in dbt_project.yml "
            "takes, so what was published stays; marts.data_issues names them. Mend the files and "
            "run again, or take it as it is: python -m scripts publish --accept-rows"
        )


def _new_file() -> Path:
    """What is to be the published file, beside it."""
    return paths.published_file().with_name(f"{paths.published_file().name}.new")


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, int]:
    """How many rows each mart of a file has, by name."""
    connection.execute(f"attach {quote_literal(str(file))} as {COPY} (read_only)")
    rows = {name: count_rows(connection, _in_copy(name)) for name in _tables(connection)}
    connection.execute(f"detach {COPY}")
    return rows


def _in_copy(table: str) -> str:
    return f"{COPY}.{SCHEMA}.{quote_identifier(table)}"


def _tables(connection: duckdb.DuckDBPyConnection, database: str = COPY) -> list[str]:
    """The tables of schema marts in the attached copy, or in another database."""
    found = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ? and database_name = ?"
        " order by table_name",
        [SCHEMA, database],
    ).fetchall()
    return [name for (name,) in found]


def _copy(
    connection: duckdb.DuckDBPyConnection, new: Path, marts: Mapping[str, bool]
) -> dict[str, int]:
    """Copy the marts into a new file and return the rows of each table, by name."""
    ((source,),) = connection.sql("select current_database()").fetchall()
    if missing := sorted(set(marts) - set(_tables(connection, source))):
        file = paths.warehouse_file()
        raise UserError(f"{file} lacks {', '.join(missing)}; build the marts first: make run")
    # In the format that DuckDB has read since 0.10: not every BI tool brings the latest.
    asked = "(storage_version 'v0.10.2')"
    connection.execute(f"attach {quote_literal(str(new))} as {COPY} {asked}")
    connection.execute(f"create schema {COPY}.{SCHEMA}")
    definitions = dict(
        connection.execute(
            "select table_name, sql from duckdb_tables() where schema_name = ? "
            "and database_name = ?",
            [SCHEMA, source],
        ).fetchall()
    )
    connection.execute(f"use {COPY}")
    for table in sorted(marts):
        connection.execute(definitions[table])
    connection.execute(f"use {quote_identifier(source)}")
    copy_comments(connection, source, COPY)
    rows = {}
    for table in sorted(marts):
        original = f"{SCHEMA}.{quote_identifier(table)}"
        connection.execute(f"insert into {_in_copy(table)} from {original}")
        rows[table] = count_rows(connection, _in_copy(table))
        if rows[table] != count_rows(connection, original):
            raise UserError(f"the copy of {original} has {rows[table]} rows; publish again")
    # Detaching writes what is left of the log into the file.
    connection.execute(f"detach {COPY}")
    return rows


def _announce(connection: duckdb.DuckDBPyConnection, new: Path, rows: Mapping[str, int]) -> str:
    """Note in `state` what the file will show, and date the file so; return its clock.

    Noted before the file is put in place, so that what people see is always known; `_settle`
    takes back what nobody came to see.
    """
    published_at = EPOCH + timedelta(microseconds=time.time_ns() // 1000)
    connection.execute(f"attach {quote_literal(str(new))} as {COPY} (read_only)")
    ((run_id, clock_date),) = connection.sql(
        f"select run_id, clock_date from {_in_copy('run_info')}"
    ).fetchall()
    connection.begin()
    connection.execute(CHANGES, {"published_at": published_at, "run_id": run_id})
    if "lead_assignments" in rows:  # an earlier publication that is put back may lack it
        connection.execute(ASSIGNED, {"published_at": published_at, "run_id": run_id})
    connection.execute(
        """insert into state.publications
            (published_at, run_id, clock_date, mart_rows, is_in_place)
        values (?, ?, ?, ?, false)""",
        [published_at, run_id, clock_date, json.dumps(rows)],
    )
    connection.commit()
    connection.execute(f"detach {COPY}")
    nanoseconds = (published_at - EPOCH) // timedelta(microseconds=1) * 1000
    os.utime(new, ns=(nanoseconds, nanoseconds))
    return str(clock_date)


def _put_in_place(connection: duckdb.DuckDBPyConnection, new: Path) -> None:
    target = paths.published_file()
    new.replace(target)
    _sync(target.parent)
    _settle(connection)


def _settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Note that the last publication is in place, or take it back where it was killed before."""
    connection.execute(STATE)
    target = paths.published_file()
    shown_at = published_at(target) if target.is_file() else None
    connection.begin()
    connection.execute(
        "update state.publications set is_in_place = true where published_at = ?", [shown_at]
    )
    connection.execute(
        """delete from state.score_published where published_at in (
            select published_at from state.publications where not is_in_place
        );
        delete from state.assignments where published_at in (
            select published_at from state.publications where not is_in_place
        );
        delete from state.publications where not is_in_place"""
    )
    connection.commit()


def published_at(file: Path) -> datetime:
    """When a file was published (UTC): its time of modification."""
    return EPOCH + timedelta(microseconds=file.stat().st_mtime_ns // 1000)


def _kept() -> list[Path]:
    """The files published before the current one, the latest last."""
    return sorted(paths.kept_folder().glob("leads.*.duckdb"))


def _keep(target: Path) -> None:
    """Give the published file a second name, dated, in the folder of those to go back to."""
    if not target.is_file():
        return
    kept = paths.kept_folder() / f"leads.{published_at(target):%Y%m%dT%H%M%S%f}Z.duckdb"
    kept.parent.mkdir(exist_ok=True)
    _remove(kept)
    try:
        kept.hardlink_to(target)
    except OSError:  # a file system without hard links
        shutil.copy2(target, kept.with_name(f"{kept.name}.new"))
        kept.with_name(f"{kept.name}.new").replace(kept)


def _prune(most: int) -> None:
    """Remove the oldest kept files beyond `most`, and what a killed publication left there."""
    target = paths.published_file()
    for file in paths.kept_folder().glob("*"):
        if file not in _kept() or (target.is_file() and file.samefile(target)):
            file.unlink()
    for file in _kept()[: max(0, len(_kept()) - most)]:
        file.unlink()


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has, named as SQL names it."""
    return int(connection.sql(f"from {table}").count("*").fetchall()[0][0])


def _remove(file: Path) -> None:
    """Remove what a killed or failed publication left: the file and DuckDB's files beside it."""
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
