"""Erases people: from every table and file of the warehouse, and from the bytes of the files.

A database is not changed in place, where what is deleted stays readable until it is overwritten:
all that stays is copied into a new file, which then takes the old one's place. Who is to go is
noted in the working file first; that file goes last, for a copy without the note. So an erasure
that was ended early can be repeated until it is done.
"""
# ruff: noqa: S608 (names in SQL come from the catalog and are quoted)

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain, compress
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import polars as pl
from duckdb import CatalogException, DuckDBPyConnection

from scripts.landing.contract import read_contract
from scripts.privacy.person import (
    OF_PEOPLE,
    Mentions,
    People,
    any_of,
    find_people,
    mark_people,
    of_people,
    qualified,
    text_columns,
    written,
)
from scripts.privacy.subject_access import files_of
from scripts.privacy.suppression import erased_leads, suppress
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.faults import damaged
from scripts.shared.interface import (
    CLOCK,
    ERASURE,
    LEAD_IDENTITIES,
    LEAD_PROFILES,
    RETENTION,
)
from scripts.shared.lock import exclusive
from scripts.shared.settings import project_var
from scripts.shared.warehouse import (
    built_file,
    connect,
    copy_comments,
    holds,
    quote_identifier,
    quote_literal,
    storage,
    unopened,
)

OLD, NEW = "_old", "_new"
# What the name of a file ends in that is to take another's place.
ERASING = ".erasing"

# Folders beside the working file whose files this project writes, and what no search can read.
REPORTS = "subject_access"
EXPORTS = "exports"
OWN_FOLDERS = ("published", "kpis", "charts", REPORTS, EXPORTS, "call_lists")
IMAGES = (".png", ".pdf")
PACKED = (".gz", ".zst", ".zip", ".xlsx")

# What tells of rules and code, beside the working file and in dbt's target folder: words as short
# as the shortest ids are in it by chance. Build areas of seeds hold nothing else.
OF_RULES = ("reviews", "proposals", "predictors")
OF_CODE = ("manifest.json", "semantic_manifest.json", "partial_parse.msgpack", "compiled", "graph")
SEEDS = "seeds-"

# Days on which something was heard of a person, and who was heard of too long ago: for longer than
# its country's days, or than $1 unless that is 0. Who came in since then is left out first, so that
# all events are read only where somebody is old enough.
PAST_RETENTION = f"""
with bounds as (
    select
        identities.lead_id, identities.surviving_lead_id, profile.created_at,
        (select clock_date from {CLOCK})
        - least(nullif($1::bigint, 0), of_country.retention_days)::integer as kept_from
    from {LEAD_IDENTITIES} as identities
    left join {LEAD_PROFILES} as profile
        on identities.surviving_lead_id = profile.lead_id and profile.is_current
    left join {RETENTION} as of_country on profile.country = of_country.country_code
),
old as (
    -- A profile's days are of the var time_zone, those of raw UTC's: they differ by one at most.
    select lead_id, surviving_lead_id, kept_from from bounds
    where kept_from is not null and coalesce(created_at::date <= kept_from, true)
),
signs as (
    select lead_id, greatest(created_at, updated_at) as heard_at from raw.leads
    union all select lead_id, occurred_at from raw.lead_events
    union all select lead_id, greatest(created_at, updated_at, closed_at) from raw.opportunities
    union all select lead_id, paid_at from raw.payments
    union all select lead_id, given_at from raw.lead_feedback
)
select surviving_lead_id
from signs inner join old using (lead_id)
group by surviving_lead_id, kept_from
having max(heard_at)::date < kept_from
order by surviving_lead_id
"""


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
        return _receipts() / f"{self.erasure_id}.json"


@dataclass(frozen=True)
class Plan:
    """An erasure that has begun: of whom, which emails and the like others have too, its receipt.

    The names of the people are those that nobody else has.
    """

    people: People
    shared: tuple[str, ...]
    receipt: Receipt

    @classmethod
    def read(cls, text: str) -> "Plan":
        """The plan that was written as JSON."""
        plan = json.loads(text)
        people = plan["people"] | {"records": _tuples(plan["people"]["records"])}
        return cls(
            People(**_tuples(people)), tuple(plan["shared"]), Receipt(**_tuples(plan["receipt"]))
        )


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with tuples for lists, as they were before they were JSON."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }


def erase(lead_ids: Sequence[str], step: Callable[[str], None] = lambda name: None) -> Receipt:
    """Erase the people whose leads are named, with all their leads, and keep them out from now on.

    `step` is told which file comes next. What others score stays as it is; totals and ranks follow
    with the next build and publication. An erasure that was ended early is finished first; nobody
    need be named for that, and its people not again. Raises UserError where a lead is not held, a
    file is damaged or the working file is missing, BusyError where another run holds it; then
    nothing is changed, or what was changed is finished by the next call.
    """
    with exclusive("erase"):
        begun = _begun()
        if begun:
            _erase(begun, step)
            lead_ids = [lead_id for lead_id in lead_ids if lead_id not in begun.people.lead_ids]
            if not lead_ids:
                return begun.receipt
        return _erase(lead_ids, step)


def is_unfinished() -> bool:
    """Whether an erasure was ended early; UserError where there is no working file."""
    return _begun() is not None


def is_retention_set() -> bool:
    """Whether a run is to erase by itself who is past retention."""
    return bool(project_var("retention_days"))


def past_retention(days: int | None = None) -> list[str]:
    """The surviving leads of which nothing was heard for more than so many days before the clock.

    `days` are the var `retention_days` unless given; 0 sets no bound. What the seed `retention` has
    for a lead's country is a bound as well, and the shorter one counts. Heard of is whatever has a
    date: the lead and its changes, events, deals, payments, feedback. Raises UserError for days
    that are no whole number or less than 0, and where nothing is built.
    """
    days = project_var("retention_days") if days is None else days
    if type(days) is not int or days < 0:
        raise UserError(f"retention_days is {days!r}; it may be a number of days, 0 for no bound")
    with connect(is_to_finish=True) as connection, _sound(paths.warehouse_file()):
        try:
            found = connection.execute(PAST_RETENTION, [days]).fetchall()
        except CatalogException as error:
            file = paths.warehouse_file()
            raise UserError(f"{file} was not built yet; build it first: make run") from error
    return [lead_id for (lead_id,) in found]


def _begun() -> Plan | None:
    """The plan of an erasure that was ended early."""
    working = built_file()
    with connect(is_to_finish=True) as connection, _sound(working):
        if not holds(connection, ERASURE):
            return None
        ((plan,),) = connection.sql(f"select plan from {ERASURE}").fetchall()
        return Plan.read(plan)


def _erase(asked: Plan | Sequence[str], step: Callable[[str], None]) -> Receipt:
    """Works off a plan that has begun, or one for the people whose leads are named."""
    working = built_file()
    _clear_leftovers(working)
    # What is damaged and no other file is the working one.
    with connect(is_to_finish=True) as connection, storage(), _sound(working):
        if isinstance(asked, Plan):
            plan = asked
            _remember(connection, plan.people)
        else:
            plan = _plan(connection, asked, working)

        def keep_out() -> None:
            moment = datetime.fromisoformat(plan.receipt.erased_at)
            suppress(connection, NEW, plan.people, plan.shared, moment)

        step(working.name)
        copied = _copy(connection, working.stem, working, keep_out)
        if plan is not asked:
            _note(connection, plan)
        for file in _databases(working):
            step(file.name)
            with _attached(connection, file):
                copied_file = _copy(connection, OLD, file)
            _take_place(copied_file, file)
        for file in _parquet_files(working):
            step(file.name)
            _rewrite_parquet(connection, file)
        step("reports and logs")
        for file in _results_naming_them(connection, working):
            file.unlink()
    for text in _texts_naming(plan.people, working):
        if text.others is None:
            text.file.unlink()
        else:
            new = text.file.with_name(f"{text.file.name}{ERASING}")
            new.write_bytes(b"".join(text.others))
            _take_place(new, text.file)
    if paths.lake_folder().is_dir():
        shutil.rmtree(paths.lake_folder())
    write_receipt(plan.receipt)
    _take_place(copied, working)
    return plan.receipt


def _plan(connection: DuckDBPyConnection, lead_ids: Sequence[str], working: Path) -> Plan:
    """Whom an erasure is of, and what there is of them; nothing is changed."""
    if not lead_ids:
        raise UserError("no lead is named, and no erasure was ended early: name a lead")
    for lead_id, moment in erased_leads(connection, lead_ids).items():
        raise UserError(f"no lead {lead_id!r} is held: it was erased already, at {moment} UTC")
    people = find_people(connection, lead_ids)
    shared, rows_left = _shared(connection, people)
    only_theirs = _remember(connection, people)
    people = replace(
        people,
        names=tuple(name for name in people.names if " " in name or name.lower() in only_theirs),
    )
    rows = {_told(working): _rows_of(connection, working.stem)}
    for file in _databases(working):
        with _attached(connection, file):
            rows[_told(file)] = _rows_of(connection, OLD)
    for file in _parquet_files(working):
        if count := _count(connection, _theirs_in_parquet(connection, file)):
            rows[_told(file)] = {"rows": count}
    texts = [*_texts_naming(people, working)]
    erased = [text.told for text in texts if text.others is None]
    erased += [_told(file) for file in _results_naming_them(connection, working)]
    if paths.lake_folder().is_dir():
        # What Spark has is a copy, made anew with each run.
        erased.append(paths.lake_folder().name)
    receipt = Receipt(
        erasure_id=str(uuid4()),
        erased_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat(),
        leads=len(people.lead_ids),
        rows_erased={file: erased for file, erased in rows.items() if erased},
        files_erased=tuple(erased),
        lines_erased={text.told: text.lines for text in texts if text.others is not None},
        rows_left=rows_left,
    )
    return Plan(people, tuple(sorted(shared)), receipt)


def _note(connection: DuckDBPyConnection, plan: Plan) -> None:
    """From now on the erasure has begun, and nothing else is done before it is finished."""
    connection.begin()
    connection.execute(f"create schema if not exists {ERASURE.split('.')[0]}")
    connection.execute(f"create table {ERASURE} as select $1 as plan", [json.dumps(asdict(plan))])
    connection.commit()
    connection.execute("checkpoint")


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


def _remember(connection: DuckDBPyConnection, people: People) -> set[str]:
    """What is to go, at hand for SQL; the texts, in lower case, that nobody else has."""
    mark_people(connection, people)
    connection.execute(
        """create or replace temp table their_texts as
        select distinct lower(unnest($1::varchar[])) as id""",
        [list(people.values)],
    )
    for relation, texts in _kept_texts(connection):
        lowered = ", ".join(f"lower({text})" for text in texts)
        connection.execute(
            f"delete from their_texts where id in (select unnest([{lowered}]) from {relation})"
        )
    return {text for (text,) in connection.sql("from their_texts").fetchall()}


def _kept_texts(connection: DuckDBPyConnection) -> Iterator[tuple[str, list[str]]]:
    """Where texts lie that do not tell of the people alone, and in which columns.

    That is in other people's leads, in what is landed of no lead, and in seeds.
    """
    catalog = paths.warehouse_file().stem
    entities = read_contract()
    for (schema, table), columns in text_columns(connection, catalog).items():
        relation, texts = qualified(catalog, schema, table), [*map(quote_identifier, columns)]
        if (schema, table) == ("raw", "leads"):
            others = f"(from {relation} where lead_id not in (from their_lead_id))"
            yield others, [*texts, "split_part(email, '@', 2)"]
        elif texts and (
            schema == "seeds"
            or (schema == "raw" and table in entities and not {*OF_PEOPLE}.intersection(columns))
        ):
            yield relation, texts


def _clear_leftovers(working: Path) -> None:
    """Deletes what killed runs left half made, and what DuckDB had put aside beside its files."""
    own = [working.parent / folder for folder in OWN_FOLDERS]
    shutil.rmtree(working.with_name(f"{working.name}.tmp"), ignore_errors=True)
    for file in chain(
        working.parent.glob(f"*{ERASING}*"),
        *(folder.rglob(f"*{ERASING}*") for folder in (*own, paths.target_folder())),
        *(folder.rglob("duckdb_temp_*") for folder in own),
        paths.log_folder().rglob(f"*{ERASING}*"),
        paths.kept_folder().parent.rglob("*.new*"),
        paths.export_folder().glob("*.new"),
        (working.parent / "tmp").glob("*.tmp"),  # of earlier versions
    ):
        file.unlink()


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _own_files(working: Path) -> list[Path]:
    """The files beside the working file that this project makes, that one and its lock left out."""
    found = {file for file in working.parent.glob(f"{working.stem}.*") if file.is_file()}
    for folder in OWN_FOLDERS:
        found |= {*_files(working.parent / folder)}
    not_told = (working, paths.lock_file(working))
    return sorted(
        file
        for file in found
        if file not in not_told and file.suffix != ".wal" and ERASING not in file.name
    )


def _databases(working: Path) -> list[Path]:
    """The databases that this project makes, but for the working file: they hold tables alone."""
    return [file for file in _own_files(working) if _is_database(file) and file != working]


def _results_naming_them(connection: DuckDBPyConnection, working: Path) -> list[Path]:
    """The databases among dbt's artifacts that have rows of the people; they can be made anew."""
    own = {working, *_own_files(working)}
    found = []
    for file in _files(paths.target_folder()):
        if file not in own and _is_database(file):
            with _attached(connection, file):
                if _rows_of(connection, OLD):
                    found.append(file)
    return found


def _is_database(file: Path) -> bool:
    with file.open("rb") as stream:
        start = stream.read(12)
    return start[8:] == b"DUCK" or (file.suffix == ".duckdb" and start != b"")


def _parquet_files(working: Path) -> list[Path]:
    return [file for file in _own_files(working) if file.suffix == ".parquet"]


@contextmanager
def _attached(connection: DuckDBPyConnection, file: Path) -> Iterator[None]:
    """A database, attached for reading as `_old`."""
    with _sound(file):
        connection.execute(f"attach {quote_literal(str(file))} as {OLD} (read_only)")
        yield
        connection.execute(f"detach {OLD}")


@contextmanager
def _sound(file: Path) -> Iterator[None]:
    """Turns what DuckDB says of damaged bytes of a file into a UserError that names it."""
    try:
        yield
    except duckdb.IOException as error:
        raise unopened(file, error) from error
    except duckdb.Error as error:
        if sentence := damaged(error, file):
            raise UserError(sentence) from error
        raise


def _told(file: Path) -> str:
    """How a receipt names a file."""
    for folder in (paths.warehouse_file().parent, paths.PROJECT):
        if file.is_relative_to(folder):
            return str(file.relative_to(folder))
    return file.name


def _rows_of(connection: DuckDBPyConnection, catalog: str) -> dict[str, int]:
    """How many rows of the tables of a database are to go, for those that have any."""
    found = {
        f"{schema}.{table}": _count(
            connection, f"(from {qualified(catalog, schema, table)} where {any_of(conditions)})"
        )
        for (schema, table), columns in text_columns(connection, catalog).items()
        if (conditions := _conditions(schema, table, columns))
    }
    return {table: rows for table, rows in found.items() if rows}


def _copy(
    connection: DuckDBPyConnection,
    catalog: str,
    file: Path,
    finish: Callable[[], None] = lambda: None,
) -> Path:
    """Copies what stays of a database into a new file, which is to take the place of `file`.

    `finish` may write to the new file.
    """
    new = file.with_name(f"{file.name}{ERASING}")
    connection.execute(f"attach {quote_literal(str(new))} as {NEW}")
    tables = connection.execute(
        """select schema_name, table_name, sql from duckdb_tables()
        where database_name = $1 and not temporary and schema_name || '.' || table_name <> $2
        order by all""",
        [catalog, ERASURE],
    ).fetchall()
    views = connection.execute(
        """select schema_name, sql from duckdb_views()
        where database_name = $1 and not internal and not temporary order by all""",
        [catalog],
    ).fetchall()
    for schema in sorted({schema for schema, *_ in (*tables, *views)}):
        connection.execute(f"create schema if not exists {NEW}.{quote_identifier(schema)}")
    texts = text_columns(connection, catalog)
    connection.execute(f"use {NEW}")
    for schema, table, definition in tables:
        connection.execute(definition)
        old, kept = (qualified(name, schema, table) for name in (catalog, NEW))
        query = f"from {old}"
        if conditions := _conditions(schema, table, texts[schema, table]):
            others = [
                f"case when {name} not in (from their_lead_id) then {name} end as {name}"
                for name in texts[schema, table]
                if name.endswith("_lead_id")
            ]
            changed = f" replace ({', '.join(others)})" if others else ""
            query = f"select *{changed} from {old} where not {any_of(conditions)}"
        connection.execute(f"insert into {kept} {query}")
    _create_views(connection, [definition for _, definition in views])
    connection.execute(f"use {quote_identifier(paths.warehouse_file().stem)}")
    copy_comments(connection, catalog, NEW)
    finish()
    connection.execute(f"detach {NEW}")
    return new


def _create_views(connection: DuckDBPyConnection, definitions: Sequence[str]) -> None:
    """Creates views, each after those that it reads, in rounds.

    One of what is no longer there is left out: it could not be read where it was, either.
    """
    left = [*definitions]
    while left:
        waiting = []
        for definition in left:
            try:
                connection.execute(definition)
            except CatalogException:
                waiting.append(definition)
        if len(waiting) == len(left):
            return
        left = waiting


def _conditions(schema: str, table: str, columns: Sequence[str]) -> list[str]:
    """Conditions under any of which a row of a table is to go; none where none can be."""
    conditions = of_people(schema, table, columns)
    if schema == "intermediate" and not {"lead_id", "account_id"} & {*columns}:
        # What each of the texts that leads have means.
        conditions += [
            f"lower({quote_identifier(column)}) in (from their_texts)" for column in columns
        ]
    return conditions


def _theirs_in_parquet(
    connection: DuckDBPyConnection, file: Path, condition: str = "lead_id in (from their_lead_id)"
) -> str:
    """The rows of a Parquet file that are to go, or that meet another condition on lead_id."""
    rows = f"read_parquet({quote_literal(str(file))})"
    with _sound(file):
        columns = [row[0] for row in connection.sql(f"describe from {rows}").fetchall()]
    return f"(from {rows} where {condition if 'lead_id' in columns else 'false'})"


def _rewrite_parquet(connection: DuckDBPyConnection, file: Path) -> None:
    """As for a database; a file without rows that are to go stays as it is."""
    with _sound(file):
        if not _count(connection, _theirs_in_parquet(connection, file)):
            return
        new = file.with_name(f"{file.name}{ERASING}")
        others = "lead_id is null or lead_id not in (from their_lead_id)"
        kept = _theirs_in_parquet(connection, file, others)
        connection.execute(f"copy {kept} to {quote_literal(str(new))} (format parquet)")
    _take_place(new, file)


def _take_place(new: Path, file: Path) -> None:
    """Puts a new file in an old one's place, with its time and rights; the old one's log goes."""
    times = file.stat()
    shutil.copymode(file, new)
    os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
    with new.open("rb") as stream:
        os.fsync(stream.fileno())
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    new.replace(file)


@dataclass(frozen=True)
class _Text:
    """A file that names the people, and how a receipt names it.

    Of a log, or a file of what was exported, there are the lines that stay, `others`, and how many
    go: it is not made anew.
    """

    file: Path
    told: str
    others: list[bytes] | None = None
    lines: int = 0


def _texts_naming(people: People, working: Path) -> Iterator[_Text]:
    """Reports, logs and dbt's artifacts that name the people, or that cannot be searched."""
    long, words = _search(people)

    def named(texts: Sequence[bytes], is_of_code: bool) -> list[bool]:
        lowered = [text.decode(errors="replace").lower() for text in texts]
        found = pl.Series(lowered, dtype=pl.String).str.contains_any(long)
        return [
            is_found or (not is_of_code and words(text))
            for is_found, text in zip(found, lowered, strict=True)
        ]

    reports = set[Path]().union(*map(files_of, people.lead_ids))
    for file, is_of_code in _searched(working).items():
        is_named_after = any(named([file.stem.encode(), file.name.encode()], is_of_code))
        is_of_a_lead = is_named_after or file.parent.name == REPORTS
        told = _told(file.with_name("(a lead)") if is_of_a_lead else file)
        is_of_lines = ".log" in file.name or file.parent.name == EXPORTS
        if is_of_lines and file.suffix not in PACKED:
            lines = file.read_bytes().splitlines(keepends=True)
            if count := sum(is_named := named(lines, is_of_code)):
                yield _Text(file, told, [*compress(lines, (not line for line in is_named))], count)
        elif (
            is_named_after
            or file in reports
            or (file.suffix in IMAGES and "charts" in file.parts)
            or file.suffix in PACKED
            or any(named([file.read_bytes()], is_of_code))
        ):
            yield _Text(file, told)


def _search(people: People) -> tuple[pl.Series, Mentions]:
    """What names the people wherever it stands, and what does so as a word of its own.

    All in lower case.
    """
    names = [name.lower() for name in people.names]
    whole = [name for name in names if " " in name]
    long = people.marks(long=True) + whole
    short = [mark for mark in people.marks(long=False) + names if mark not in long]
    forms = {form for name in short for form in (name, *written(name))}
    return pl.Series(sorted({*long}), dtype=pl.String).implode(), Mentions(forms)


def _searched(working: Path) -> dict[Path, bool]:
    """The files to search, and whether they are of rules or code."""
    target = paths.target_folder()
    found = {file: False for file in (*_own_files(working), *_files(paths.log_folder()))}
    found |= {file: True for folder in OF_RULES for file in _files(working.parent / folder)}
    for file in _files(target):
        part = file.relative_to(target).parts[0]
        if not part.startswith(SEEDS):
            found[file] = part.startswith(OF_CODE)
    return {
        file: is_of_code
        for file, is_of_code in found.items()
        if file.suffix != ".parquet" and not _is_database(file)
    }


def _receipts() -> Path:
    """The folder of all receipts."""
    return paths.warehouse_file().parent / "erasures"


def write_receipt(receipt: Receipt) -> None:
    """Writes a receipt; those of earlier versions told the names of reports, which are leads'."""
    receipt.file.parent.mkdir(mode=0o700, exist_ok=True)
    receipt.file.write_text(json.dumps(asdict(receipt), indent=2) + "\n", "utf-8")
    for file in _receipts().glob("*.json"):
        text = file.read_text("utf-8")
        unnamed = re.sub(rf'"{REPORTS}/[^"]*"', f'"{REPORTS}/(a lead)"', text)
        if unnamed != text:
            file.write_text(unnamed, "utf-8")


def _count(connection: DuckDBPyConnection, rows: str) -> int:
    return int(connection.sql(f"select count(*) from {rows}").fetchall()[0][0])
