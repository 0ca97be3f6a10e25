"""The published marts beside the working file: what leaves the warehouse is what people see."""

from datetime import date

from duckdb import DuckDBPyConnection

from scripts.shared.errors import UserError
from scripts.shared.paths import published_file
from scripts.shared.warehouse import quote_literal


def published_clock(connection: DuckDBPyConnection) -> date:
    """The clock of the published marts, which are at hand from now on as `published`.

    Raises UserError where nothing was published.
    """
    file = published_file()
    if not file.is_file():
        raise UserError(f"there is no {file}: publish first (make run)")
    connection.execute(f"attach if not exists {quote_literal(str(file))} as published (read_only)")
    found = connection.sql("select clock_date from published.marts.run_info").fetchall()
    clock_date: date = found[0][0]
    return clock_date
