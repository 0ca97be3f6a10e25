"""Where things lie. All paths follow from the project folder and `LEADS_WAREHOUSE`."""

import os
import re
from pathlib import Path

from scripts.shared.errors import UserError

PROJECT = Path(__file__).resolve().parents[2]

# What DuckDB and dbt would take for a part of a connection instead of a path.
_NOT_IN_PATHS = r"[?#;:\x00-\x1f\x7f]"
# DuckDB names a database after its file, so the file's name may not be that of a schema in it, nor
# of a database of DuckDB's own, nor of one that is attached beside it.
_TAKEN = (
    *("raw", "staging", "intermediate", "seeds", "marts", "state"),
    *("main", "temp", "system", "memory", "information_schema", "pg_catalog"),
    *("published", "former", "_copy", "_old", "_new", "_live"),
)


def warehouse_file() -> Path:
    """The working DuckDB file. Raises UserError for a name that SQL cannot tell apart."""
    file = PROJECT / (os.environ.get("LEADS_WAREHOUSE") or "warehouse/leads.duckdb")
    if odd := re.search(_NOT_IN_PATHS, str(file)):
        raise UserError(
            f"LEADS_WAREHOUSE is {str(file)!r}: its path may not hold {odd[0]!r}; name another"
        )
    if file.suffix != ".duckdb" or not re.fullmatch(r"\w[\w -]*", file.stem):
        raise UserError(
            f"LEADS_WAREHOUSE names {file.name!r}: the file's name may hold letters, digits, _, - "
            "and blanks, and ends in .duckdb, such as leads.duckdb"
        )
    if file.stem.lower() in _TAKEN:
        raise UserError(
            f"LEADS_WAREHOUSE names {file.name!r}, but {file.stem} is the name of something in "
            "the database; name another, such as leads.duckdb"
        )
    return file


def lock_file(working_file: Path | None = None) -> Path:
    """The lock of a working file's folder and all that lies in it; the warehouse's unless given."""
    return (working_file or warehouse_file()).parent / "leads.lock"


def published_file() -> Path:
    """The file that BI tools read, in the folder `published` beside the working file."""
    return warehouse_file().parent / "published" / "leads.duckdb"


def kept_folder() -> Path:
    """Where the files published before lie, for `publish --rollback`."""
    return published_file().parent / "kept"


def temp_folder() -> Path:
    """Where all that is needed for a while lies: beside the working file, or in `LEADS_TEMP`.

    It is this project's own, so that it may be cleared.
    """
    return PROJECT / (os.environ.get("LEADS_TEMP") or warehouse_file().parent) / "leads-tmp"


def kpi_folder() -> Path:
    """Where `kpis` leaves its CSV and JSON files."""
    return warehouse_file().parent / "kpis"


def export_folder() -> Path:
    """Where `export` leaves its files."""
    return warehouse_file().parent / "exports"


def call_list_folder() -> Path:
    """Where `call-list` leaves its lists: personal data."""
    return warehouse_file().parent / "call_lists"


def target_folder() -> Path:
    """Where dbt leaves its artifacts."""
    return PROJECT / os.environ.get("DBT_TARGET_PATH", "target")


def log_folder() -> Path:
    """Where dbt logs."""
    return PROJECT / os.environ.get("DBT_LOG_PATH", "logs")


def lake_folder() -> Path:
    """What Spark reads and writes, in the folder `lake` beside the working file."""
    return warehouse_file().parent / "lake"
