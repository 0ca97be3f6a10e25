"""Where a system's tables lie: a DuckDB or SQLite file, a folder of files, a Postgres or MySQL."""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import duckdb

from scripts.landing.connecting.query import plain_name
from scripts.shared.errors import UserError
from scripts.shared.warehouse import quote_identifier, quote_literal

_SOURCE = "source_system"
_DATABASES = {
    "postgres": ("postgres", "postgres_scanner"),
    "postgresql": ("postgres", "postgres_scanner"),
    "mysql": ("mysql", "mysql_scanner"),
}
_FILES = re.compile(r"(?P<table>[^.]+)(\.[^.]+)*?\.(?P<format>parquet|csv|tsv)(\.gz|\.zst)?")
_URI = re.compile(r"(?P<scheme>[a-z]+)://(?P<user>[^:@/]*)(?P<password>:[^@/]*)?(@|/|$)")


@dataclass(frozen=True)
class Column:
    """A column as the source has it: how SQL names it there, and its type."""

    quoted: str
    data_type: str


@dataclass(frozen=True)
class Table:
    """A table of the source: SQL that reads it, and its columns by their plain names."""

    relation: str
    columns: dict[str, Column]


def open_tables(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    system: str,
    schema: str | None,
    wanted: Iterable[str],
) -> dict[str, Table]:
    """The tables of a place, by their plain names, open for reading alone.

    Of a database it is the schema that is named, else the one called as the system, else the one
    that has tables of the names wanted. Raises UserError where there is no such place or schema.
    """
    if "://" in where:
        _attach_server(connection, where)
    elif Path(where).is_dir():
        return _folder(connection, Path(where), system)
    elif Path(where).is_file():
        _attach_file(connection, Path(where))
    else:
        raise UserError(
            f"there is nothing at {where}: name a DuckDB file, a folder of Parquet or CSV files, "
            "or a database such as postgresql://user@host/name."
        )
    return _attached(connection, where, system, schema, set(wanted))


def _attach_server(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    """Attach a database server; its password is the environment's, never the address's."""
    found = _URI.match(where)
    kind, extension = _DATABASES.get(found["scheme"] if found else "", ("", ""))
    if not found or not kind:
        raise UserError(
            "an address of a database begins with postgresql:// or mysql://, such as "
            "postgresql://user@host/name."
        )
    if found["password"]:
        raise UserError(
            "an address holds no password, since others can read it: set PGPASSWORD (MYSQL_PWD), "
            "or name a service of a service file, as postgresql:///?service=name."
        )
    load_extension(connection, extension)
    _attach(connection, where, f"type {kind}, read_only", where)


def _attach_file(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    options = "read_only"
    with file.open("rb") as stream:
        is_sqlite = stream.read(6) == b"SQLite"
    if is_sqlite:
        load_extension(connection, "sqlite_scanner")
        options = "type sqlite, read_only"
    _attach(connection, str(file), options, str(file))


def _attach(connection: duckdb.DuckDBPyConnection, what: str, options: str, where: str) -> None:
    try:
        connection.execute(f"attach {quote_literal(what)} as {_SOURCE} ({options})")
    except duckdb.Error as error:
        cause = " ".join(str(error).split())
        raise UserError(f"{where} cannot be opened: {cause}") from error


def load_extension(connection: duckdb.DuckDBPyConnection, extension: str) -> None:
    """Load an extension of DuckDB from its package or, where there is none, from DuckDB's own site.

    Raises UserError where that cannot be reached.
    """
    try:
        package = importlib.import_module(f"duckdb_extension_{extension}")
    except ModuleNotFoundError:  # as of DuckDB 2
        _install(connection, extension)
        return
    (file,) = Path(str(package.__file__)).parent.rglob("*.duckdb_extension")
    connection.execute(f"load {quote_literal(str(file))}")


def _install(connection: duckdb.DuckDBPyConnection, extension: str) -> None:
    try:
        connection.execute(f"install {extension}; load {extension}")
    except duckdb.IOException as error:
        raise UserError(
            f"{extension}, an extension of DuckDB {duckdb.__version__}, could not be fetched: let "
            "this machine reach DuckDB's site once, or use DuckDB 1.5, for which it is a package."
        ) from error


def _attached(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    system: str,
    schema: str | None,
    wanted: set[str],
) -> dict[str, Table]:
    rows = connection.execute(
        """select schema_name, table_name, column_name, data_type from duckdb_columns()
        where database_name = ? and not internal order by schema_name, table_name, column_index""",
        [_SOURCE],
    ).fetchall()
    schemas: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for of_schema, table, column, data_type in rows:
        schemas[of_schema][table].append((column, data_type))
    fitting = [name for name in schemas if wanted & {plain_name(table) for table in schemas[name]}]
    if schema is None and len(fitting) > 1:
        fitting = [name for name in fitting if plain_name(name) == system] or fitting
    chosen = [schema] if schema in schemas else fitting if schema is None else []
    if len(chosen) != 1:
        found = f"the schemas {', '.join(schemas)}" if schemas else "no table"
        raise UserError(
            f"{where} has {found}: say which is that of {system} (--schema)."
            if len(chosen) > 1 or schema
            else f"{where} has {found}, and no table of {system}."
        )
    tables = {}
    for of_schema, suffix in ((chosen[0], ""), (f"{chosen[0]}_history", "_versions")):
        for name, columns in schemas.get(of_schema, {}).items():
            path = ".".join(quote_identifier(part) for part in (_SOURCE, of_schema, name))
            tables[plain_name(name) + suffix] = _table(path, columns)
    return tables


def _folder(connection: duckdb.DuckDBPyConnection, folder: Path, system: str) -> dict[str, Table]:
    """The tables of a folder, or of its folder called as the system; parts of one are one.

    A table is a file, several that are named `table.part.csv`, or a folder of files.
    """
    folder = folder / system if (folder / system).is_dir() else folder
    files: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if (found := _FILES.fullmatch(file.name.lower())) and file.is_file():
                name = path.name if path.is_dir() else file.name[: found.end("table")]
                files[plain_name(name), found["format"]].append(str(file.absolute()))
    tables = {}
    for (name, file_format), paths in files.items():
        if name in tables:
            raise UserError(f"{folder} has the table {name} in two formats: take one away.")
        listed = ", ".join(quote_literal(escape(path)) for path in paths)
        reader = (
            f"read_parquet([{listed}], union_by_name = true, binary_as_string = true)"
            if file_format == "parquet"
            else f"read_csv([{listed}], union_by_name = true, header = true, all_varchar = true)"
        )
        try:
            columns = connection.execute(f"describe from {reader}").fetchall()
        except duckdb.Error as error:
            raise UserError(f"{paths[0]} cannot be read: it is damaged or no table.") from error
        tables[name] = _table(reader, [(column[0], column[1]) for column in columns])
    if not tables:
        raise UserError(f"{folder} has no Parquet or CSV file.")
    return tables


def _table(relation: str, columns: Iterable[tuple[str, str]]) -> Table:
    """Of columns that come to the same name, one called so counts, else the first."""
    named: dict[str, Column] = {}
    for name, data_type in columns:
        plain = plain_name(name)
        if plain not in named or name.lower() == plain:
            named[plain] = Column(quote_identifier(name), data_type)
    return Table(relation, named)
