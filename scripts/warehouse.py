"""Opens the working DuckDB file."""

import os
import re
from pathlib import Path

import duckdb

from scripts.errors import UserError
from scripts.paths import PROJECT, warehouse_file


def connect(file: Path | None = None) -> duckdb.DuckDBPyConnection:
    """The warehouse, or another file, open for writing; its folder is made where missing.

    All times are UTC.

    `LEADS_MEMORY` (4GB), `LEADS_THREADS` (2) and `LEADS_TEMP` (folder `tmp` beside the file) bound
    what it takes. Raises UserError where another program holds the file, or it is no warehouse.
    """
    file = file or warehouse_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": os.environ.get("LEADS_MEMORY", "4GB"),
        "threads": os.environ.get("LEADS_THREADS", "2"),
        "temp_directory": str(PROJECT / os.environ.get("LEADS_TEMP", file.parent / "tmp")),
        "autoinstall_known_extensions": "false",
    }
    try:
        connection = duckdb.connect(str(file), config=settings)
    except duckdb.IOException as error:
        raise UserError(_reason(file, str(error))) from error
    except duckdb.Error as error:
        cause = str(error).splitlines()[0]
        raise UserError(f"LEADS_MEMORY or LEADS_THREADS is not as DuckDB wants: {cause}") from error
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _reason(file: Path, message: str) -> str:
    """Why DuckDB did not open the file, and what to do."""
    if "Could not set lock" in message:
        held = re.search(r"held in (.+?) \(PID (\d+)\)", message)
        holder = f"{held[1]} (process {held[2]})" if held else "another program"
        return f"{file} is in use by {holder}: wait for it to end, or close it, and run again."
    cause = message.splitlines()[0]
    return f"{file} cannot be opened: {cause} Move it away, or set LEADS_WAREHOUSE, and run again."


def quote_identifier(name: str) -> str:
    """A SQL identifier, whatever characters the name holds."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """A SQL string, for the few places where DuckDB takes no bound value."""
    return "'" + text.replace("'", "''") + "'"
