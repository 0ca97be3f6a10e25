"""Lands a folder of files in `raw`, checked against the input contract, in one transaction.

DuckDB reads each file once, into a temporary table, every row beside a status: NULL where it is
good, else the number of the check that it failed. What cannot be read in a cell that a row can do
without leaves the cell empty. Rows are counted a second time, without DuckDB; a file whose counts
differ lands nothing. Only one with bad rows or cells is read again, to say which line holds what.
The writing begins when all files are read.
"""
# ruff: noqa: S608 (names in SQL come from the contract, and what is quoted went through `literal`)

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from duckdb import CatalogException, DuckDBPyConnection

from scripts.landing.contract import MACROS, Check, Entity, checked, checks, literal, read_contract
from scripts.landing.duplicates import DUPLICATE, mark_duplicates
from scripts.landing.mapping import NAME, NO_OPTIONS, FilePlan, Options, read_mapping
from scripts.landing.row_count import count_rows
from scripts.landing.sources import (
    FORMATS,
    Content,
    FileState,
    Source,
    content,
    format_of,
    lines,
    miscounted,
    open_source,
    readable,
    settled,
    take_ragged,
)
from scripts.landing.sums import ADDED, add_up
from scripts.landing.whole import delete_absent, unread_keys
from scripts.privacy.suppression import mark_suppressed, suppressed_words
from scripts.shared.errors import UserError
from scripts.shared.lock import exclusive
from scripts.shared.temporary import temporary_folder
from scripts.shared.warehouse import connect, first_row, storage

# A row dated after its landing is kept, but models do not see it before its time.
WAITING = {"leads": "created_at", "lead_events": "occurred_at"}

LEDGERS = """
create table if not exists raw.landings (
    landing_id bigint, file varchar, entity varchar, size_bytes bigint, content_hash varchar,
    rows_read bigint, rows_landed bigint, rows_duplicate bigint, rows_rejected bigint,
    landed_at timestamp, run_id varchar, last_landing_seq bigint, rows_replaced bigint
);
alter table raw.landings add column if not exists last_landing_seq bigint;
alter table raw.landings add column if not exists rows_replaced bigint;
create table if not exists raw.rejected_rows (
    landing_id bigint, file varchar, line bigint, column_name varchar, value varchar,
    reason varchar, entity varchar, original_row varchar
);
create table if not exists raw.rejected_cells as from raw.rejected_rows limit 0;
create table if not exists raw.overruled_versions (
    file varchar, entity varchar, landing_seq bigint
);
create table if not exists raw.absent_versions (entity varchar, landing_seq bigint);
create table if not exists raw.connector_faults (
    system varchar, entity varchar, issue varchar, record_id varchar, detail varchar
);
"""


Planned = tuple[Path, FilePlan]
RejectTable = Literal["rejected_rows", "rejected_cells"]


@dataclass(frozen=True)
class EntityResult:
    """What became of an entity's rows, cells and files, in numbers.

    `rows_replaced` are those of the duplicates that say otherwise than a later row of their file
    with their key, which counts; `rows_added` those whose numbers were added to such a row's.
    `rows_deleted` are the records that a folder lacked which holds all of them.
    """

    entity: str
    rows_read: int = 0
    rows_landed: int = 0
    rows_duplicate: int = 0
    rows_rejected: int = 0
    rows_waiting: int = 0
    files_landed: int = 0
    files_skipped: int = 0
    rows_replaced: int = 0
    cells_rejected: int = 0
    rows_added: int = 0
    rows_deleted: int = 0


_NUMBERS = [field.name for field in fields(EntityResult) if field.name != "entity"]


@dataclass(frozen=True)
class LandResult:
    """What a landing did, by entity that had files, in the contract's order.

    `kept` says of which entities nothing was deleted, though the folder was to hold all rows, and
    why; `framed` names files and those of their lines that a report has around its rows.
    """

    run_id: str
    landed_at: datetime
    entities: tuple[EntityResult, ...]
    kept: tuple[str, ...] = ()
    framed: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def total(self) -> EntityResult:
        """The sum over the entities."""
        return reduce(_sum, self.entities, EntityResult("total"))


def _sum(first: EntityResult, second: EntityResult) -> EntityResult:
    """The numbers of both, under the name of the first."""
    numbers = [getattr(first, name) + getattr(second, name) for name in _NUMBERS]
    return EntityResult(first.entity, *numbers)


@dataclass(frozen=True)
class Incoming:
    """A file whose rows lie, under its number, in the temporary table of its entity.

    One that is unchanged since it landed was read for its keys alone, unless one of them is back.
    `last_seq` is the entity's last landing_seq when the file landed before, None where it did not.
    `ragged` holds the texts that were no rows, each with the reason and how often it occurs.
    """

    number: int
    path: Path
    plan: FilePlan
    state: FileState
    content_hash: str
    is_unchanged: bool
    last_seq: int | None
    source: Source
    ragged: dict[str, tuple[str, int]]


@dataclass(frozen=True)
class Reject:
    """A row set aside, or a cell left empty, and the table that tells of it.

    The line counts from 1, and is None where no line holds the row.
    """

    table: RejectTable
    line: int | None
    column: str | None
    value: str | None
    reason: str
    original: str


def land(
    folder: Path,
    landed_at: datetime | None = None,
    options: Options = NO_OPTIONS,
    names: Collection[str] | None = None,
) -> LandResult:
    """Lands the files of a folder; to land it again changes nothing.

    `names` are those of the files to land, where not all are; all are read of an entity of which
    the folder is said to have all rows. `landed_at` is now unless given, and UTC unless it has a
    zone. `options` go before those of the folder's `mapping.yml`, but not before what that says of
    a file. Bad rows are set aside in `raw.rejected_rows`, cells left empty are told in
    `raw.rejected_cells`. Raises UserError, and lands nothing, where the folder or a file is
    missing, unreadable, not of the contract or still being written, or the disk is full; BusyError
    where another run holds the warehouse. Rows of people who were erased count as duplicates; those
    set aside leave no text.
    """
    with readable(folder):
        files, options = _files(folder, options, names)
    moment = landed_at or datetime.now(UTC)
    if moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    run_id = str(uuid4())
    with (
        exclusive("land"),
        closing(connect()) as connection,
        storage(),
        temporary_folder() as scratch,
    ):
        connection.execute(MACROS)
        batches = {
            entity: _read(connection, entity, plans, scratch, _is_whole(entity, plans, options))
            for entity, plans in files.items()
        }
        connection.begin()
        create_tables(connection)
        results, kept = [], []
        for entity, batch in batches.items():
            result = _land_entity(connection, entity, batch, moment, run_id)
            skipped = len(files[entity]) - result.files_landed
            whole = []
            for said in _said_whole(entity, batch, options):
                if cause := _why_not_whole(connection, entity, said):
                    kept.append(f"{entity.name}: {cause}")
                else:
                    whole += [file.path.name for file in said]
            if whole:
                last_seq = _last_seq(connection, entity)
                came_in = None if entity.name in options.whole else whole
                deleted = delete_absent(connection, entity, last_seq, moment, came_in)
                result = replace(result, rows_deleted=deleted)
            results.append(replace(result, files_skipped=skipped))
        connection.commit()
    framed = [
        (file.path.name, file.source.frame.lines)
        for batch in batches.values()
        for file in batch
        if file.source.frame and not file.is_unchanged
    ]
    return LandResult(run_id, moment, tuple(results), tuple(kept), tuple(framed))


def _land_entity(
    connection: DuckDBPyConnection,
    entity: Entity,
    batch: Sequence[Incoming],
    landed_at: datetime,
    run_id: str,
) -> EntityResult:
    """Lands what lies in `incoming_<entity>`."""
    mark_suppressed(connection, entity, DUPLICATE)
    summed = [(file.number, str(file.path)) for file in batch if file.plan.is_summed]
    added = add_up(connection, entity, summed)
    last_seqs = {
        file.number: (file.path.name, file.last_seq) for file in batch if file.last_seq is not None
    }
    replaced = mark_duplicates(connection, entity, last_seqs)
    result = _write(connection, entity, batch, landed_at, run_id, replaced)
    return replace(result, rows_added=added)


def _is_whole(entity: Entity, planned: Sequence[Planned], options: Options) -> bool:
    """Whether what the files of an entity lack may be deleted, so that all are to be read."""
    return entity.name in options.whole or any(
        path.name in options.whole_files for path, _ in planned
    )


def _said_whole(
    entity: Entity, batch: Sequence[Incoming], options: Options
) -> list[Sequence[Incoming]]:
    """The files of an entity that are said to hold all: together, or each what it ever held."""
    if entity.name in options.whole:
        return [batch]
    return [[file] for file in batch if file.path.name in options.whole_files]


def _why_not_whole(
    connection: DuckDBPyConnection, entity: Entity, files: Sequence[Incoming]
) -> str:
    """Why nothing may be deleted though these files are to hold all rows; empty: it may."""
    for file in files:
        failures = checks(entity, file.source.broken, file.source.reading)
        unread = unread_keys(connection, entity, file.number, failures)
        if unread := unread + sum(count for _, count in file.ragged.values()):
            return f"in {file.path.name} the key of {unread:,} rows cannot be read"
    (has_rows,) = _row(
        connection,
        f"""select count(*) > 0 from incoming_{entity.name}
        where file_number in (from unnest($1))""",
        [[file.number for file in files]],
    )
    return "" if has_rows else "the folder has no row of it"


def rejects(run_id: str, most: int, of: RejectTable = "rejected_rows") -> list[str]:
    """The first rows that a run set aside, or cells: file, line, column, reason, not the value."""
    with closing(connect()) as connection:
        rows = connection.execute(
            f"""select r.file, r.line, r.column_name, r.reason
            from raw.{of} as r inner join raw.landings as l using (landing_id)
            where l.run_id = ? order by landing_id, r.line limit ?""",
            [run_id, most],
        ).fetchall()
    return [
        f"{file} line {line}" + (f", column {column}" if column else "") + f": {reason}"
        for file, line, column, reason in rows
    ]


def _files(
    folder: Path, options: Options, names: Collection[str] | None
) -> tuple[dict[Entity, list[Planned]], Options]:
    """The files to land, by entity and in the order of their names, and what is said of all."""
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder} to land.")
    mapping = read_mapping(folder)
    options = options.over(mapping.options)
    entities = read_contract()
    found: dict[Entity, list[Planned]] = {entity: [] for entity in entities.values()}

    def is_of_whole(path: Path) -> bool:
        plan = mapping.plan(path, format_of(path.name), options) if options.whole else None
        return plan is not None and plan.entity.name in options.whole

    paths = [path for path in sorted(folder.iterdir()) if not is_passed_over(path.name)]
    if names is None:
        mapping.refuse_absent(path.name for path in paths)
    for path in paths:
        if names is not None and path.name not in names and not is_of_whole(path):
            continue
        entity = path.name.lower().split(".")[0]
        if path.is_dir():
            if entity in entities:
                raise UserError(
                    f"{path} is a folder: put its files into {folder} itself, as "
                    f"{entity}.<anything>.<format>."
                )
            continue
        _refuse_odd_path(path, folder)
        plan = mapping.plan(path, format_of(path.name), options)
        if not plan or not format_of(path.name):
            raise UserError(
                f"{path} is no file to land: its name must be <entity>.<format> or "
                f"<entity>.<anything>.<format>, where the entity is one of "
                f"{', '.join(entities)} and the format one of {', '.join(FORMATS)}, "
                "all but parquet also packed as .gz or .zst."
            )
        found[plan.entity].append((path, plan))
    if not any(found.values()):
        raise UserError(f"The folder {folder} has no file to land.")
    for name in (*options.whole, *options.sum) if names is None else ():
        if not found[entities[name]]:
            raise UserError(f"{folder} has no file of {name}, of which it is said to hold rows.")
    return {entity: planned for entity, planned in found.items() if planned}, options


def is_passed_over(name: str) -> bool:
    """Whether a file of a folder is not meant to be landed."""
    name = name.lower()
    return name.startswith((".", "_", "readme")) or name.endswith(".md") or name == NAME


def _refuse_odd_path(path: Path, folder: Path) -> None:
    try:
        path.name.encode()
        is_inside = path.resolve().is_relative_to(folder.resolve())
    except UnicodeEncodeError as error:
        raise UserError(f"The name of {path.name!a} is not UTF-8: give it another.") from error
    except (OSError, RuntimeError) as error:
        raise UserError(f"{path} leads to itself: put the file itself there.") from error
    if not is_inside:
        raise UserError(f"{path} leads out of the folder: put the file itself there.")


def _read(
    connection: DuckDBPyConnection,
    entity: Entity,
    planned: Sequence[Planned],
    scratch: Path,
    is_whole: bool,
) -> list[Incoming]:
    """Reads the files that are not as they last landed, or all, into `incoming_<entity>`."""
    columns = ", ".join(f"{column.name} {column.data_type}" for column in entity.columns)
    connection.execute(
        f"""create or replace temp table incoming_{entity.name}
        ({columns}, attributes json, date_only varchar,
            file_number integer, status utinyint, cells utinyint)"""
    )
    last_landings = _last_landings(connection)
    batch = []
    for number, (path, plan) in enumerate(planned):
        state = FileState.of(path)
        with settled(path, state), readable(path):
            content_hash = _planned_hash(file_hash(path), plan)
            last_hash, last_seq = last_landings.get(path.name, (None, None))
            is_unchanged = content_hash == last_hash
            if is_unchanged and not is_whole:
                continue
            source = open_source(connection, plan, path, scratch)
            rows = count_rows(path, source)
            query = _checked(entity, source)
            (seen,) = _row(
                connection,
                f"""insert into incoming_{entity.name}
                select {_names(entity)}, attributes, date_only, {number}, status,
                    case when status is null then len(faults) end
                from ({query})""",
                source.parameters,
            )
            ragged = take_ragged(connection, path, source)
            seen += sum(count for _, count in ragged.values())
            if seen != rows:
                raise UserError(miscounted(path, source, seen, rows))
        batch.append(
            Incoming(
                *(number, path, plan, state, content_hash, is_unchanged, last_seq, source, ragged)
            )
        )
    return batch


def _checked(entity: Entity, source: Source) -> str:
    return checked(entity, source.relation, source.fields, source.broken, source.reading)


def _planned_hash(of_file: str, plan: FilePlan) -> str:
    """What changes where a file does, or what is said of it."""
    if not plan.digest:
        return of_file
    return hashlib.sha256(f"{of_file} {plan.digest}".encode()).hexdigest()


def _last_landings(connection: DuckDBPyConnection) -> dict[str, tuple[str, int | None]]:
    """The hash and last landing_seq of each file's last landing, by file name."""
    try:
        connection.execute(
            "alter table raw.landings add column if not exists last_landing_seq bigint"
        )
    except CatalogException:  # nothing has landed yet
        return {}
    rows = connection.execute(
        """select file, content_hash, last_landing_seq from raw.landings
        qualify landing_id = max(landing_id) over (partition by file)"""
    ).fetchall()
    return {file: (content_hash, last_seq) for file, content_hash, last_seq in rows}


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, by which one that did not change is known."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def create_tables(connection: DuckDBPyConnection) -> None:
    """Makes what is missing of `raw`: tables, and columns that the contract has gained."""
    connection.execute("create schema if not exists raw;" + LEDGERS)
    present = connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
    ).fetchall()
    for entity in read_contract().values():
        columns = {column.name: column.data_type for column in entity.columns}
        columns |= {
            "attributes": "json",
            "date_only": "varchar",
            "landing_seq": "bigint",
            "landed_at": "timestamp",
        }
        # Of texts of which hardly one is like another, zstd writes twice as many in a second.
        packed = {entity.key[0]: " using compression zstd"} if len(entity.key) == 1 else {}
        declared = ", ".join(
            f"{name} {data_type}{packed.get(name, '')}" for name, data_type in columns.items()
        )
        connection.execute(f"create table if not exists raw.{entity.name} ({declared})")
        for name, data_type in columns.items():
            if (entity.name, "landing_seq") in present and (entity.name, name) not in present:
                connection.execute(f"alter table raw.{entity.name} add column {name} {data_type}")


def _last_seq(connection: DuckDBPyConnection, entity: Entity) -> int:
    """The last number given to a row. Those of rows that were erased are not given out again."""
    (last_seq,) = _row(
        connection,
        f"""select coalesce(max(landing_seq), 0) from (
            select landing_seq from raw.{entity.name}
            union all select last_landing_seq from raw.landings where entity = $1
            union all select landing_seq from raw.absent_versions where entity = $1
        )""",
        [entity.name],
    )
    return int(last_seq)


def _write(
    connection: DuckDBPyConnection,
    entity: Entity,
    batch: Sequence[Incoming],
    landed_at: datetime,
    run_id: str,
    replaced: Mapping[int, int],
) -> EntityResult:
    """Moves the good rows into raw and logs each file, with how many it `replaced` by number."""
    last_seq = _last_seq(connection, entity)
    (last_landing,) = _row(connection, "select coalesce(max(landing_id), 0) from raw.landings")
    connection.execute(
        f"""insert into raw.{entity.name}
            ({_names(entity)}, attributes, date_only, landing_seq, landed_at)
        select {_names(entity)}, attributes, date_only, ? + 1 + rowid, ? from incoming_{entity.name}
        where status is null""",
        [last_seq, landed_at],
    )
    waiting = f"{WAITING[entity.name]} > ?" if entity.name in WAITING else "? is null"
    counts = connection.execute(
        f"""select
            file_number,
            count(*) filter (status is null),
            count(*) filter (status in ({DUPLICATE}, {ADDED})),
            count(*) filter (status > {DUPLICATE} and status <> {ADDED}),
            count(*) filter (status is null and {waiting}),
            max(rowid) filter (status is null),
            coalesce(sum(cells), 0)
        from incoming_{entity.name} group by file_number""",
        [landed_at],
    ).fetchall()
    by_file = {file_number: numbers for file_number, *numbers in counts}
    total, file_seq = EntityResult(entity.name), last_seq
    told = [file for file in batch if not file.is_unchanged or by_file.get(file.number, (0,))[0]]
    for landing_id, file in enumerate(told, start=last_landing + 1):
        landed, duplicate, faulty, waits, last_row, cells = by_file.get(
            file.number, (0, 0, 0, 0, None, 0)
        )
        file_seq = file_seq if last_row is None else last_seq + 1 + last_row
        rejected = faulty + sum(count for _, count in file.ragged.values())
        read = landed + duplicate + rejected
        result = EntityResult(
            *(entity.name, read, landed, duplicate, rejected, waits),
            files_landed=1,
            rows_replaced=replaced.get(file.number, 0),
            cells_rejected=cells,
        )
        total = _sum(total, result)
        connection.execute(
            "insert into raw.landings values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(landing_id, file.path.name, entity.name, file.state.size_bytes),
                *(
                    file.content_hash,
                    read,
                    landed,
                    duplicate,
                    rejected,
                    landed_at,
                    run_id,
                    file_seq,
                    result.rows_replaced,
                ),
            ],
        )
        if rejected or cells:
            with settled(file.path, file.state), readable(file.path):
                write_rejects(connection, entity, file, landing_id)
    return total


def write_rejects(
    connection: DuckDBPyConnection, entity: Entity, file: Incoming, landing_id: int
) -> None:
    """Writes a file's bad rows and cells to their tables, ten thousand at a time."""
    rejects = _rejects(connection, entity, file)
    while chunk := list(islice(rejects, 10_000)):
        names_erased = suppressed_words(connection, (reject.original for reject in chunk))
        chunk = [
            replace(reject, value=None, original="") if names_erased(reject.original) else reject
            for reject in chunk
        ]
        for table in ("rejected_rows", "rejected_cells"):
            told = [reject for reject in chunk if reject.table == table]
            connection.execute(
                f"""insert into raw.{table}
                select ?, ?, unnest(?::bigint[]), unnest(?::varchar[]), unnest(?::varchar[]),
                    unnest(?::varchar[]), ?, unnest(?::varchar[])""",
                [
                    landing_id,
                    file.path.name,
                    [reject.line for reject in told],
                    [reject.column for reject in told],
                    [reject.value for reject in told],
                    [reject.reason for reject in told],
                    entity.name,
                    [reject.original for reject in told],
                ],
            )


def _rejects(connection: DuckDBPyConnection, entity: Entity, file: Incoming) -> Iterator[Reject]:
    """The bad rows and cells of a file, which is read again for them.

    Whether a row is bad depends on its content alone: its line is the one with that content.
    """
    source = file.source
    failures = checks(entity, source.broken, source.reading)
    faulty = _faults(connection, entity, source)
    if not source.lines_by:
        for line, original, value, number in faulty:
            yield _reject(failures[number - 1], value, line, original)
        return
    # By column, since rows with the same content have the same faults.
    faults: dict[str | Content, dict[str | None, tuple[Check, str | None]]] = {
        text: {None: (Check(None, "", reason, costs_row=True), None)}
        for text, (reason, _) in file.ragged.items()
    }
    for *values, value, number in faulty:
        failed = failures[number - 1]
        faults.setdefault(content(values), {})[failed.column] = (failed, value)
    unseen = set(faults)
    for line, text, row in lines(source):
        found = text if text in faults else row
        if found in faults:
            unseen.discard(found)
            for failed, value in faults[found].values():
                yield _reject(failed, value, line, text)
    for found in unseen:
        for failed, value in faults[found].values():
            yield _reject(failed, value, None, str(found))


def _reject(failed: Check, value: str | None, line: int | None, original: str) -> Reject:
    table: RejectTable = "rejected_rows" if failed.costs_row else "rejected_cells"
    return Reject(table, line, failed.column, value, failed.reason, original)


def _faults(
    connection: DuckDBPyConnection, entity: Entity, source: Source
) -> list[tuple[Any, ...]]:
    """What tells the line of each row with a fault, then the value at fault and its check's number.

    A row stands there once for each of its faults.
    """
    found_by = ", ".join(source.lines_by) or "row_number, original"
    pairs = ", ".join(f"{literal(field.name)}, {field.text}" for field in source.fields)
    original = "line" if source.broken else f"json_object({pairs})::varchar"
    position = (
        "" if source.lines_by else f", row_number() over () as row_number, {original} as original"
    )
    texts = {field.name: field.text for field in source.fields}
    value = " ".join(
        f"when {number} then {texts[check.column]}"
        for number, check in enumerate(checks(entity, source.broken, source.reading), start=1)
        if check.column in texts
    )
    query = _checked(entity, source)
    faulty = connection.execute(
        f"""select {found_by}, case fault when null then null {value} end as value, fault
        from (select *{position} from ({query})), unnest(faults) as of_row (fault)""",
        source.parameters,
    ).fetchall()
    take_ragged(connection, source.path, source)
    return faulty


def _names(entity: Entity) -> str:
    return ", ".join(entity.column_names)


def _row(
    connection: DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...]:
    row = first_row(connection, sql, parameters)
    assert row
    return row
