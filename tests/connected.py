"""Systems for tests: their tables written as files, landed by their connector, and what that gave.

source = write(tmp_path / "source" / "segment", {"pages": "id url\n---\n1 | /pricing"})
result = connect(tmp_path, "segment", source)
query(tmp_path, "select event_id from raw.lead_events")
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from scripts.run import ConnectedResult, Connection, connect_systems

NOTHING = ""


def write(folder: Path, tables: Mapping[str, str]) -> Path:
    """Writes tables into a folder, each as a Parquet file, and returns the folder.

    A table is a SELECT, or text: the names of its columns, then a row a line, its cells parted
    by `|`; all are text, and an empty one is NULL.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, table in tables.items():
            query = table if table.lstrip().startswith(("select", "with", "from")) else rows(table)
            connection.execute(f"copy ({query}) to ?", [str(folder / f"{name}.parquet")])
    return folder


def rows(text: str) -> str:
    """The SELECT of a table that is written as text."""
    first, *lines = [line.strip() for line in text.strip().splitlines()]
    names = first.split()
    values = []
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")]
        assert len(cells) == len(names), f"{line} has {len(cells)} cells, not {len(names)}"
        told = (
            "null" if cell == NOTHING else "'" + cell.replace("'", "''") + "'" for cell in cells
        )
        values.append(f"({', '.join(f'{value}::varchar' for value in told)})")
    columns = ", ".join(f'"{name}"' for name in names)
    if not values:
        nothing = ", ".join(f'null::varchar as "{name}"' for name in names)
        return f"select {nothing} where false"
    return f"select * from (values {', '.join(values)}) as rows ({columns})"


def connect(
    folder: Path,
    system: str,
    source: Path,
    schema: str | None = None,
    is_first: bool = True,
    set_aside: int = 0,
) -> ConnectedResult:
    """Lands what a system's connector gives of a source, in the warehouse of `folder`.

    Raises AssertionError where a query failed or another number of rows was set aside, or where
    the first landing of a source has a row twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        patch.setenv("LEADS_TEMP", str(folder / "tmp"))
        (result,) = connect_systems(Connection((system,), str(source), schema))
    assert not result.failed, result.failed
    assert result.landed
    assert result.landed.total.rows_rejected == set_aside, query(folder, "from raw.rejected_rows")
    assert not is_first or result.landed.total.rows_duplicate == 0, result.landed
    return result


def query(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query on the warehouse of `folder`."""
    with duckdb.connect(str(folder / "leads.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.sql(sql).fetchall()


def told(result: ConnectedResult) -> dict[str, str]:
    """What is not as the connector wants it, by table or table and column, of all entities."""
    details: dict[str, str] = {}
    for fault in result.faults:
        name = fault.record_id.split(" ", 1)[1]
        details[name] = "; ".join(filter(None, (details.get(name), fault.detail)))
    return details
