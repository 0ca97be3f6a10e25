"""Opens the working DuckDB file, to write or to read."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from scripts.shared.errors import BusyError, UserError
from scripts.shared.faults import MEMORY, known, no_room
from scripts.shared.interface import ERASURE
from scripts.shared.modes import close, make_shared
from scripts.shared.paths import warehouse_file
from scripts.shared.temporary import spill_folder, temporary_folder
from scripts.shared.text import text_key, text_words

# Bytes of the headers that every DuckDB file begins with: one of the file, two of the database.
HEADERS = 3 * 4096
# The file's format, as in profiles.yml. DuckDB's default, that of 0.10, takes more time and room.
STORAGE = "v1.4.0"


def connect(file: Path | None = None, *, is_to_finish: bool = False) -> duckdb.DuckDBPyConnection:
    """The warehouse, or another file, open for writing; its folder is made where missing.

    All times are UTC, and the file is its owner's alone.

    `LEADS_MEMORY` (4GB), `LEADS_THREADS` (2) and `LEADS_TEMP` (the file's folder) bound what it
    takes. Raises BusyError where another program holds the file, UserError where it is no
    warehouse, cannot be written, or has an erasure to finish, unless that is what it is opened for.
    """
    file = file or warehouse_file()
    with storage():
        make_shared(file.parent)
        _remove_stillborn(file)
        spilled = spill_folder(file)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": os.environ.get("LEADS_MEMORY") or MEMORY,
        "threads": os.environ.get("LEADS_THREADS") or "2",
        "temp_directory": str(spilled),
        "autoinstall_known_extensions": "false",
        "storage_compatibility_version": STORAGE,
    }
    try:
        connection = duckdb.connect(str(file), config=settings)
    except duckdb.IOException as error:
        raise unopened(file, error) from error
    except duckdb.Error as error:
        if sentence := known(error, file):
            raise UserError(sentence) from error
        cause = str(error).splitlines()[0]
        raise UserError(f"LEADS_MEMORY or LEADS_THREADS is not as DuckDB wants: {cause}") from error
    shutil.rmtree(spilled, ignore_errors=True)  # a killed run's: only who has the file open spills
    close(file)
    connection.execute("set TimeZone = 'UTC'")
    if not is_to_finish and holds(connection, ERASURE):
        connection.close()
        raise UserError(
            f"an erasure in {file} was ended early; finish it first: python -m scripts erase"
        )
    return connection


def built_file() -> Path:
    """The warehouse's file. Raises UserError where there is none."""
    file = warehouse_file()
    if not file.is_file():
        raise UserError(f"there is no warehouse at {file}; build it first: make run")
    return file


@contextmanager
def reading(file: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, or another file like it, open for reading; all times are UTC.

    Raises UserError where there is none or it lacks a table that is asked for, BusyError where
    another program writes it.
    """
    file = file or built_file()
    with ExitStack() as stack:
        spilled = ""
        with suppress(OSError):  # who may only read puts nothing aside
            spilled = str(stack.enter_context(temporary_folder()))
        stack.enter_context(refused(file))
        connection = stack.enter_context(
            duckdb.connect(str(file), read_only=True, config={"temp_directory": spilled})
        )
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[None]:
    """The warehouse, attached for reading under a name; raises as `reading` does."""
    file = built_file()
    with refused(file):
        connection.execute(f"attach {quote_literal(str(file))} as {name} (read_only)")
        yield
        connection.execute(f"detach {name}")


@contextmanager
def without_pandas() -> Iterator[None]:
    """Spares a command that has no use for pandas the half second in which it is loaded.

    With the first value that DuckDB is given it looks whether that is one of pandas', and goes on
    where there is no pandas. None in its place is Python's way to say so.
    """
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pandas"]


@contextmanager
def refused(file: Path) -> Iterator[None]:
    """Turns what DuckDB says of a file that is not built, or in use, into what a person can do."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        cause = str(error).splitlines()[0]
        raise UserError(
            f"{file} was not built yet, or by an older version ({cause}); build it: make run"
        ) from error
    except duckdb.IOException as error:
        raise unopened(file, error) from error


def _remove_stillborn(file: Path) -> None:
    """Remove a file whose creation was killed: DuckDB does not open one without all its headers."""
    if file.is_file() and file.stat().st_size < HEADERS:
        with file.open("rb") as stream:
            start = stream.read(12)
        if not start or start.endswith(b"DUCK"):
            file.unlink()


def unopened(file: Path, error: duckdb.IOException) -> UserError:
    """Why DuckDB did not open the file, and what to do."""
    if sentence := known(error, file):
        return UserError(sentence)
    message = str(error)
    if "Could not set lock" in message:
        held = re.search(r"held in (.+?) \(PID (\d+)\)", message)
        holder = f"{held[1]} (process {held[2]})" if held else "another program"
        return BusyError(
            f"{file} is in use by {holder}: wait for it to end, or close it, and run again."
        )
    cause = message.splitlines()[0]
    return UserError(
        f"{file} cannot be opened: {cause} Move it away, or set LEADS_WAREHOUSE, and run again."
    )


@contextmanager
def storage() -> Iterator[None]:
    """Turns a disk that takes no more into a UserError of one sentence."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if cause := no_room(error):
            raise UserError(cause) from error
        raise


def holds(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the database has a table or view of this name, its schema included."""
    found = first_row(
        connection,
        """select 1 from information_schema.tables
        where table_catalog = current_database() and table_schema || '.' || table_name = ?""",
        [table],
    )
    return found is not None


def first_row(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Sequence[object] | Mapping[str, object] = (),
) -> tuple[Any, ...] | None:
    """The first row of a query of few, or None.

    All are fetched: in DuckDB 2 a result that is left half read keeps the connection from others.
    """
    rows = connection.execute(query, parameters).fetchall()
    return rows[0] if rows else None


def tables_of(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, str]:
    """The tables of a schema of the database: each one's name, and the table as SQL names it."""
    found = connection.execute(
        """select table_name from duckdb_tables()
        where database_name = current_database() and schema_name = ? order by all""",
        [schema],
    )
    return {name: f"{schema}.{quote_identifier(name)}" for (name,) in found.fetchall()}


def register_text_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Lets SQL call the functions of `shared.text` by name; they take NULL and may give it."""
    for function in (text_key, text_words):
        connection.create_function(
            function.__name__,
            function,
            ["varchar"],
            "varchar",
            null_handling=FunctionNullHandling.SPECIAL,
        )


def copy_comments(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Give the tables and columns of a database, by its name, the comments that another's have."""
    found = connection.execute(
        """with commented as (
            select schema_name, table_name, '' as column_name, comment
            from duckdb_tables() where database_name = $1
            union all
            select schema_name, table_name, column_name, comment
            from duckdb_columns() where database_name = $1
        )
        from commented semi join duckdb_tables() as copied
            on copied.database_name = $2 and copied.schema_name = commented.schema_name
            and copied.table_name = commented.table_name
        where comment is not null order by all""",
        [source, target],
    ).fetchall()
    connection.begin()  # one by one each would wait for the disk
    for schema, table, column, comment in found:
        parts = [target, schema, table, *([column] if column else [])]
        kind, name = "column" if column else "table", ".".join(map(quote_identifier, parts))
        connection.execute(f"comment on {kind} {name} is {quote_literal(comment)}")
    connection.commit()


def quote_identifier(name: str) -> str:
    """A SQL identifier, whatever characters the name holds."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """A SQL string, for the few places where DuckDB takes no bound value."""
    return "'" + text.replace("'", "''") + "'"
