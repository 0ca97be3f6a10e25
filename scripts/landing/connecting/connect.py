"""Runs the queries of a connector over the tables of a system, into files to land.

A table or column that is not there is NULL, and what a query says of that is told; so is a value
that is not of the type that a query wants, which is NULL too.
"""
# ruff: noqa: S608 (names in SQL are those of the source, quoted)

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from scripts.landing.connecting.cast import as_wanted, may_be_none, stored_as
from scripts.landing.connecting.place import Column, Table, open_tables
from scripts.landing.connecting.query import (
    EVERY_OTHER,
    Connector,
    Query,
    Want,
    find,
    read_connector,
)
from scripts.landing.contract import read_contract
from scripts.landing.land import create_tables
from scripts.landing.mapping import Options
from scripts.shared.errors import UserError
from scripts.shared.faults import known
from scripts.shared.warehouse import connect, quote_identifier

# How far a run is, of how much, and what it is at.
Progress = Callable[[int, int, str], object]

# Columns of the tools themselves, which change whenever they run.
_OF_TOOLS = ("_fivetran_*", "_airbyte_*", "_dlt_*", "_sdc_*")

MISSING, OTHER_TYPE, FAILED = "missing in the source", "other type in the source", "query failed"


@dataclass(frozen=True)
class Fault:
    """What is not as a query wants it: for which entity, what it is, and what that means."""

    entity: str
    issue: str
    record_id: str
    detail: str

    @property
    def text(self) -> str:
        """What is told of it, but for the issue."""
        return f"{self.record_id} ({self.entity}): {self.detail}"


@dataclass(frozen=True)
class Extract:
    """What came of a system's queries: how many files are to land, how, and what is not right."""

    files: int
    options: Options
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Source:
    """The tables of a system, and those that shapes made of them."""

    connection: duckdb.DuckDBPyConnection
    system: str
    tables: dict[str, Table]


def extract(
    system: str,
    where: str,
    schema: str | None,
    folder: Path,
    progress: Progress = lambda done, total, name: None,
) -> Extract:
    """Write what each query of a connector gives into an empty folder, as `entity.system.parquet`.

    A query that fails gives no file, and is among the faults. Raises UserError where there is no
    such connector or place, or none of its tables.
    """
    connector = read_connector(system)
    queries = connector.entities
    complete, files = [], 0
    with _opened(connector, where, schema, folder / ".system.duckdb") as (source, faults):
        for done, query in enumerate(queries):
            progress(done, len(queries), f"reading {system} {query.name}")
            end = query.name.removeprefix(query.target)
            file = folder / f"{query.target}.{system}{end}.parquet"
            present = [table for table in query.tables if _found(source, query, table)]
            try:
                faults += _make_views(source, query)
                if present:
                    source.connection.execute(f"copy ({query.sql}\n) to ?", [str(file)])
            except duckdb.Error as error:
                source.connection.rollback()
                source.connection.begin()
                faults.append(_failed(system, query, error))
                present = []
            if not present:
                file.unlink(missing_ok=True)
                continue
            files += 1
            can_be_deleted = "is_deleted" in read_contract()[query.target].column_names
            is_all = len(present) == len(query.tables) and not query.keeps_what_is_gone
            if can_be_deleted and is_all:
                complete.append(file.name)
    return Extract(files, Options(whole_files=tuple(complete)), _told_once(faults))


def _told_once(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults, those of several queries of an entity as one."""
    details: dict[tuple[str, str, str], dict[str, None]] = {}
    for fault in faults:
        key = (fault.entity, fault.issue, fault.record_id)
        details.setdefault(key, {})[fault.detail] = None
    return tuple(Fault(*key, "; ".join(told)) for key, told in details.items())


@contextmanager
def _opened(
    connector: Connector, where: str, schema: str | None, database: Path
) -> Iterator[tuple[_Source, list[Fault]]]:
    """A system's tables, with those that shapes make of them, and the shapes that failed."""
    wants = [want for query in (*connector.entities, *connector.shapes) for want in query.wants]
    with closing(connect(database)) as connection:
        wanted = [name for want in wants for name in want.tables]
        tables = open_tables(connection, where, connector.system, schema, wanted)
        if not any(find(want.tables, [*tables]) for want in wants):
            raise UserError(
                f"{where} has no table of {connector.system}, but {', '.join(sorted(tables)[:20])}."
            )
        for name, value in connector.settings.items():
            connection.execute(f"set variable {quote_identifier(name)} = $1", [value])
        source = _Source(connection, connector.system, tables)
        faults = [fault for shape in connector.shapes for fault in _make_shape(source, shape)]
        connection.begin()  # so that all queries see a database in one state
        yield source, faults


def _make_shape(source: _Source, shape: Query) -> list[Fault]:
    """Make a table that the source lacks, where it has all from which a shape makes it."""
    has_all = all(want.otherwise or _column(source, shape, want) for want in shape.wants)
    if shape.target in source.tables or not has_all:
        return []
    name = quote_identifier(f"made {shape.target}")
    try:
        _make_views(source, shape)
        source.connection.execute(f"create temp table {name} as {shape.sql}")
    except duckdb.Error as error:
        return [replace(_failed(source.system, shape, error), entity="all")]
    columns = source.connection.execute(f"describe {name}").fetchall()
    source.tables[shape.target] = Table(
        name, {column[0]: Column(quote_identifier(column[0]), column[1]) for column in columns}
    )
    return []


def _found(source: _Source, query: Query, table: str) -> list[Table]:
    """The tables of the source that are the one that a query names."""
    names = max((want.tables for want in query.wants_of(table)), key=len)
    return [source.tables[name] for name in find(names, [*source.tables])]


def _column(source: _Source, query: Query, want: Want) -> tuple[str, str] | None:
    """A wanted column's name in the source and its type; None where it is not there."""
    for table in _found(source, query, want.tables[0]):
        for name in want.columns:
            if name in table.columns:
                return name, table.columns[name].data_type
    return None


def _make_views(source: _Source, query: Query) -> list[Fault]:
    """Make a view of each table that a query names, with its columns as it wants them.

    Returns what is not there, and what is not of its type.
    """
    faults = []
    for table in query.tables:
        if found := _found(source, query, table):
            faults += _make_view(source, query, table, found)
        else:
            wants = query.wants_of(table)
            _create_view(
                source,
                table,
                {want.columns[0]: _nothing(want) for want in wants},
                "(select 1) where false",
            )
            what = f"no such table: {wants[0].otherwise}"
            faults.append(Fault(query.target, MISSING, f"{source.system} {table}", what))
    return faults


def _make_view(source: _Source, query: Query, table: str, found: Sequence[Table]) -> list[Fault]:
    """Make a view of a table that is there, in one part or several."""
    columns: dict[str, str] = {}
    unread: dict[Want, str] = {}
    faults: list[Fault] = []
    wants = query.wants_of(table)
    for want in wants:
        if want.columns[0] == EVERY_OTHER:
            columns |= _others(query, table, found)
        elif column := _column(source, query, want):
            name, data_type = column
            value = quote_identifier(name)
            columns[want.columns[0]] = read = as_wanted(value, data_type, want.data_type)
            if may_be_none(data_type, want.data_type):
                unread[want] = f"count(*) filter (where {value} is not null and {read} is null)"
        else:
            columns[want.columns[0]] = _nothing(want)
            faults.append(_fault(source, query, want, MISSING, "no such column"))
    parts = [
        "select "
        + ", ".join(
            f"{column.quoted} as {quote_identifier(name)}" for name, column in part.columns.items()
        )
        + f" from {part.relation}"
        for part in found
    ]
    relation = f"({' union all by name '.join(parts)})"
    _create_view(source, table, columns, relation)
    if unread:
        counts = source.connection.execute(f"select {', '.join(unread.values())} from {relation}")
        for want, count in zip(unread, counts.fetchall()[0], strict=True):
            if count:
                faults.append(
                    _fault(
                        source, query, want, OTHER_TYPE, f"{count:,} values are no {want.data_type}"
                    )
                )
    return faults


def _others(query: Query, table: str, found: Sequence[Table]) -> dict[str, str]:
    """The columns of a table that a query does not name, but for those that it leaves out."""
    named = {name for want in query.wants_of(table) for name in want.columns}
    left_out = (*_OF_TOOLS, *(pattern for name, pattern in query.left_out if name == table))
    return {
        name: quote_identifier(name)
        for part in found
        for name in part.columns
        if name not in named and not any(fnmatchcase(name, pattern) for pattern in left_out)
    }


def _nothing(want: Want) -> str:
    return f"null::{stored_as(want.data_type)}"


def _create_view(source: _Source, table: str, columns: Mapping[str, str], relation: str) -> None:
    selected = ", ".join(f"{value} as {quote_identifier(name)}" for name, value in columns.items())
    view = f"create or replace temp view {quote_identifier(table)}"
    source.connection.execute(f"{view} as select {selected} from {relation}")


def _fault(source: _Source, query: Query, want: Want, issue: str, what: str) -> Fault:
    return Fault(query.target, issue, f"{source.system} {want.name}", f"{what}: {want.otherwise}")


def _failed(system: str, query: Query, error: duckdb.Error) -> Fault:
    """What is told of a query that fails: its cause, but for messages that may cite a value."""
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        cause = str(error).splitlines()[0]
    else:
        cause = known(error) or type(error).__name__
    return Fault(query.target, FAILED, f"{system} {query.name}", cause)


def note_faults(
    connection: duckdb.DuckDBPyConnection, system: str, faults: Sequence[Fault]
) -> None:
    """Write what is not as a system's queries want it, in place of what was noted before."""
    create_tables(connection)
    connection.begin()
    connection.execute("delete from raw.connector_faults where system = $1", [system])
    for fault in faults:
        connection.execute(
            "insert into raw.connector_faults values ($1, $2, $3, $4, $5)",
            [system, fault.entity, fault.issue, fault.record_id, fault.detail],
        )
    connection.commit()
