"""Where things lie. All paths follow from the project folder and `LEADS_WAREHOUSE`."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def warehouse_file() -> Path:
    """The working DuckDB file."""
    return PROJECT / (os.environ.get("LEADS_WAREHOUSE") or "warehouse/leads.duckdb")


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


def target_folder() -> Path:
    """Where dbt leaves its artifacts."""
    return PROJECT / os.environ.get("DBT_TARGET_PATH", "target")


def log_folder() -> Path:
    """Where dbt logs."""
    return PROJECT / os.environ.get("DBT_LOG_PATH", "logs")


def lake_folder() -> Path:
    """What Spark reads and writes, in the folder `lake` beside the working file."""
    return warehouse_file().parent / "lake"
