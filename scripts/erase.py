"""Erases people: from every table and file of the warehouse, and from the bytes of the files.

A database is not changed in place, where what is deleted stays readable until it is overwritten:
all that stays is copied into a new file, which then takes the old one's place.
"""
# ruff: noqa: S608 (names in SQL come from the catalog and are quoted)

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import compress
from pathlib import Path
from uuid import uuid4

import polars as pl
from duckdb import CatalogException, DuckDBPyConnection
from duckdb.func import FunctionNullHandling

from scripts import paths
from scripts.contract import read_contract
from scripts.errors import UserError
from scripts.lock import exclusive
from scripts.person import RECORDS, Mentions, People, find_people, qualified, text_columns
from scripts.settings import project_var
from scripts.suppression import suppress
from scripts.warehouse import built_file, connect, quote_identifier, quote_literal, storage

OLD, NEW = "_old", "_new"

# Folders beside the working file whose files this project writes, and what no search can read.
OWN_FOLDERS = ("published", "kpis", "charts", "subject_access")
IMAGES = (".png", ".pdf")

# Days on which something was heard of a person, and who was heard of too long ago.
PAST_RETENTION = """
with signs as (
    select lead_id, greatest(created_at, updated_at) as heard_at from raw.leads
    union all select lead_id, occurred_at from raw.lead_events
    union all select lead_id, greatest(created_at, updated_at, closed_at) from raw.opportunities
    union all select lead_id, paid_at from raw.payments
    union all select lead_id, given_at from raw.lead_feedback
)
select surviving_lead_id
from signs inner join intermediate.int_lead_identities using (lead_id)
group by surviving_lead_id
having max(heard_at)::date < (select clock_date from intermediate.int_clock) - $1::integer
order by surviving_lead_id
"""

# Columns by which a row, of raw and of what is made of it, is a person's.
OF_PEOPLE = ("lead_id", "opportunity_id", "record_id")

# Tables of texts that may name a person in passing.
TEXTS = ("rejected_rows", "data_issues")


@dataclass(frozen=True)
class Receipt:
    """What was erased, in numbers and names of tables and files; no personal data.

    `rows_erased` counts rows by file and table. `files_erased` named the people or could not be
    searched, and are made anew by what made them; `lines_erased` counts lines of logs.
    `rows_left` are rows of other people's leads with the same email, phone or person_id.
    """

    erasure_id: str
    erased_at: str
    leads: int
    rows_erased: dict[str, dict[str, int]]
    files_erased: tuple[str, ...]
    lines_erased: dict[str, int]
    rows_left: int

    @property
    def file(self) -> Path:
        """Where the receipt lies."""
        return paths.warehouse_file().parent / "erasures" / f"{self.erasure_id}.json"


def erase(lead_ids: Sequence[str], step: Callable[[str], None] = lambda name: None) -> Receipt:
    """Erase the people whose leads are named, with all their leads, and keep them out from now on.

    `step` is told which file comes next. What others score stays as it is; totals and ranks follow
    with the next build and publication. The working file goes last, so that an erasure that was
    killed can be repeated. Raises UserError where a lead is not held, or the working file is
    missing, BusyError where another run holds it; then nothing is changed.
    """
    with exclusive("erase"):
        return _erase(lead_ids, step)


def past_retention(days: int | None = None) -> list[str]:
    """The surviving leads of which nothing was heard for more than so many days before the clock.

    `days` are the var `retention_days` unless given; with 0 all are kept. Heard of is whatever
    has a date: the lead and its changes, events, deals, payments, feedback. Raises UserError for
    days that are no whole number or less than 0, and where nothing is built.
    """
    days = project_var("retention_days") if days is None else days
    if type(days) is not int or days < 0:
        raise UserError(f"retention_days is {days!r}; it may be a number of days, 0 to keep all")
    if not days:
        return []
    with connect() as connection:
        try:
            found = connection.execute(PAST_RETENTION, [days]).fetchall()
        except CatalogException as error:
            file = paths.warehouse_file()
            raise UserError(f"{file} was not built yet; build it first: make run") from error
    return [lead_id for (lead_id,) in found]


def _erase(lead_ids: Sequence[str], step: Callable[[str], None]) -> Receipt:
    working = built_file()
    moment = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    rows = {}
    with connect() as connection, storage():
        people = find_people(connection, lead_ids)
        shared, rows_left = _shared(connection, people)
        _remember(connection, people)
        for file in _own_files(working):
            if _is_database(file) and file != working:
                step(file.name)
                connection.execute(f"attach {quote_literal(str(file))} as {OLD} (read_only)")
                rows[_told(file)] = _rewrite(connection, OLD, file)
                connection.execute(f"detach {OLD}")
            elif file.suffix == ".parquet":
                step(file.name)
                rows[_told(file)] = _rewrite_parquet(connection, file)
        step(working.name)

        def keep_out() -> None:
            suppress(connection, NEW, people, shared, moment)

        rows[_told(working)] = _rewrite(connection, working.stem, working, keep_out)
    step("reports and logs")
    files_erased, lines_erased = _erase_texts(working, people)
    receipt = Receipt(
        erasure_id=str(uuid4()),
        erased_at=moment.isoformat(),
        leads=len(people.lead_ids),
        rows_erased={file: erased for file, erased in rows.items() if erased},
        files_erased=tuple(files_erased),
        lines_erased=lines_erased,
        rows_left=rows_left,
    )
    receipt.file.parent.mkdir(exist_ok=True)
    receipt.file.write_text(json.dumps(asdict(receipt), indent=2) + "\n", "utf-8")
    return receipt


def _shared(connection: DuckDBPyConnection, people: People) -> tuple[set[str], int]:
    """Emails and the like that other people's leads have too, and how many rows have one."""
    marks = sorted({*people.emails, *people.phones, *people.person_ids})
    found = connection.execute(
        """with others as (
            select rowid as row_number, unnest([email, phone, person_id]) as mark from raw.leads
            where lead_id not in (from unnest($1))
        )
        select distinct lower(mark), row_number from others
        where lower(mark) in (from unnest($2))""",
        [people.lead_ids, [mark.lower() for mark in marks]],
    ).fetchall()
    return {mark for mark, _ in found}, len({row for _, row in found})


def _remember(connection: DuckDBPyConnection, people: People) -> None:
    """What is to go, at hand for SQL: ids, texts that nobody else has, what names the people."""
    for column, ids in {
        "lead_id": people.lead_ids,
        **people.records,
        "record_id": people.all_records(),
    }.items():
        connection.execute(
            f"create or replace temp table erased_{column} as select unnest($1::varchar[]) as id",
            [list(ids)],
        )
    connection.execute(
        """create or replace temp table erased_texts as
        select distinct lower(unnest($1::varchar[])) as id""",
        [list(people.values)],
    )
    for relation, texts in _kept_texts(connection):
        lowered = ", ".join(f"lower({text})" for text in texts)
        connection.execute(
            f"delete from erased_texts where id in (select unnest([{lowered}]) from {relation})"
        )
    connection.create_function(
        "names_erased",
        Mentions(people.marks(long=False)).__call__,
        ["varchar"],
        "boolean",
        null_handling=FunctionNullHandling.SPECIAL,
    )


def _kept_texts(connection: DuckDBPyConnection) -> Iterator[tuple[str, list[str]]]:
    """Where texts lie that do not tell of the people alone, and in which columns.

    That is in other people's leads, in what is landed of no lead, and in seeds.
    """
    catalog = paths.warehouse_file().stem
    entities = read_contract()
    for (schema, table), columns in text_columns(connection, catalog).items():
        relation, texts = qualified(catalog, schema, table), [*map(quote_identifier, columns)]
        if (schema, table) == ("raw", "leads"):
            others = f"(from {relation} where lead_id not in (from erased_lead_id))"
            yield others, [*texts, "split_part(email, '@', 2)"]
        elif texts and (
            schema == "seeds"
            or (schema == "raw" and table in entities and not {*OF_PEOPLE}.intersection(columns))
        ):
            yield relation, texts


def _own_files(working: Path) -> list[Path]:
    """The files beside the working file that this project makes, that one included."""
    found = {*working.parent.glob(f"{working.stem}.*")}
    for folder in OWN_FOLDERS:
        found |= set((working.parent / folder).rglob("*"))
    return sorted(file for file in found if file.is_file())


def _is_database(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(12)[8:] == b"DUCK"


def _told(file: Path) -> str:
    """How a receipt names a file."""
    for folder in (paths.warehouse_file().parent, paths.PROJECT):
        if file.is_relative_to(folder):
            return str(file.relative_to(folder))
    return file.name


def _rewrite(
    connection: DuckDBPyConnection,
    catalog: str,
    file: Path,
    finish: Callable[[], None] = lambda: None,
) -> dict[str, int]:
    """Copies what stays of a database into a new file in its place; the rows that went, by table.

    `finish` may write to the new file before it takes its place.
    """
    new = file.with_name(f"{file.name}.erasing")
    _unlink(new)
    connection.execute(f"attach {quote_literal(str(new))} as {NEW}")
    tables = connection.execute(
        """select schema_name, table_name, sql from duckdb_tables()
        where database_name = $1 and not temporary order by all""",
        [catalog],
    ).fetchall()
    views = connection.execute(
        """select schema_name, sql from duckdb_views()
        where database_name = $1 and not internal and not temporary order by all""",
        [catalog],
    ).fetchall()
    for schema in sorted({schema for schema, *_ in (*tables, *views)}):
        connection.execute(f"create schema if not exists {NEW}.{quote_identifier(schema)}")
    texts = text_columns(connection, catalog)
    erased = {}
    connection.execute(f"use {NEW}")
    for schema, table, definition in tables:
        connection.execute(definition)
        old, kept = (qualified(name, schema, table) for name in (catalog, NEW))
        query = f"from {old}"
        if condition := _of_the_people(schema, table, texts[schema, table]):
            others = [
                f"case when {name} not in (from erased_lead_id) then {name} end as {name}"
                for name in texts[schema, table]
                if name.endswith("_lead_id")
            ]
            changed = f" replace ({', '.join(others)})" if others else ""
            query = f"select *{changed} from {old} where not coalesce({condition}, false)"
        connection.execute(f"insert into {kept} {query}")
        if rows := _count(connection, old) - _count(connection, kept):
            erased[f"{schema}.{table}"] = rows
    for _, definition in views:
        connection.execute(definition)
    connection.execute(f"use {quote_identifier(paths.warehouse_file().stem)}")
    finish()
    connection.execute(f"detach {NEW}")
    _take_place(new, file)
    return erased


def _of_the_people(schema: str, table: str, columns: Sequence[str]) -> str | None:
    """The condition on rows of a table that are to go; None where none can be."""
    named = dict.fromkeys((*OF_PEOPLE, *(RECORDS if schema == "raw" else ())))
    conditions = [f"{name} in (from erased_{name})" for name in named if name in columns]
    if table in TEXTS:
        texts = ", ".join(map(quote_identifier, columns))
        conditions.append(f"names_erased(concat_ws(' ', {texts}))")
    elif schema == "intermediate" and not {"lead_id", "account_id"} & {*columns}:
        # What each of the texts that leads have means.
        conditions += [
            f"lower({quote_identifier(column)}) in (from erased_texts)" for column in columns
        ]
    return " or ".join(f"coalesce({condition}, false)" for condition in conditions) or None


def _rewrite_parquet(connection: DuckDBPyConnection, file: Path) -> dict[str, int]:
    """As for a database; a file without leads stays as it is."""
    rows = f"read_parquet({quote_literal(str(file))})"
    columns = [row[0] for row in connection.sql(f"describe from {rows}").fetchall()]
    if "lead_id" not in columns:
        return {}
    erased = f"(from {rows} where lead_id in (from erased_lead_id))"
    if not (count := _count(connection, erased)):
        return {}
    new = file.with_name(f"{file.name}.erasing")
    connection.execute(
        f"""copy (from {rows} where lead_id is null or lead_id not in (from erased_lead_id))
        to {quote_literal(str(new))} (format parquet)"""
    )
    _take_place(new, file)
    return {"rows": count}


def _take_place(new: Path, file: Path) -> None:
    """Puts a new file in an old one's place, with its time; the old one's log goes with it."""
    times = file.stat()
    os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
    with new.open("rb") as stream:
        os.fsync(stream.fileno())
    new.replace(file)
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)


def _erase_texts(working: Path, people: People) -> tuple[list[str], dict[str, int]]:
    """Deletes reports that name the people, and lines of logs that do.

    Files that cannot be searched go as well, and what DuckDB had put aside.
    """
    marks = pl.Series(people.marks(long=True), dtype=pl.String).implode()

    def named(lines: Iterable[bytes]) -> pl.Series:
        texts = pl.Series([line.decode(errors="replace") for line in lines], dtype=pl.String)
        return texts.str.contains_any(marks, ascii_case_insensitive=True)

    temporary = paths.PROJECT / os.environ.get("LEADS_TEMP", working.parent / "tmp")
    logs = paths.PROJECT / os.environ.get("DBT_LOG_PATH", "logs")
    erased, lines = [], {}
    for file in dict.fromkeys(
        (*_own_files(working), *_files(paths.target_folder()), *_files(logs))
    ):
        if _is_database(file) or file.suffix == ".parquet":
            continue
        content = file.read_bytes().splitlines(keepends=True)
        is_named = named(content)
        if file.suffix in IMAGES and "charts" in file.parts:
            file.unlink()
        elif not is_named.any():
            continue
        elif ".log" in file.name:
            lines[_told(file)] = int(is_named.sum())
            new = file.with_name(f"{file.name}.erasing")
            new.write_bytes(b"".join(compress(content, ~is_named)))
            new.replace(file)
            continue
        else:
            file.unlink()
        # A file may be named after a lead.
        is_name = named([file.name.encode()]).any()
        erased.append(_told(file.with_name("(a lead)") if is_name else file))
    for file in _files(temporary):
        file.unlink()
    if paths.lake_folder().is_dir():
        # What Spark has is a copy, made anew with each run.
        shutil.rmtree(paths.lake_folder())
        erased.append(paths.lake_folder().name)
    return erased, lines


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _unlink(file: Path) -> None:
    """Removes what an erasure that was killed left."""
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()


def _count(connection: DuckDBPyConnection, rows: str) -> int:
    return int(connection.sql(f"select count(*) from {rows}").fetchall()[0][0])
