"""Which scoring model counts today."""
# ruff: noqa: S608 (names of tables are those of `interface`)

from duckdb import DuckDBPyConnection

from scripts.shared.errors import UserError
from scripts.shared.interface import CLOCK, LIVE_MODELS


def champion_at_clock(connection: DuckDBPyConnection) -> str | None:
    """The name of the champion at the clock of a build; None where none is live yet."""
    found = connection.sql(
        f"""select score_model from {LIVE_MODELS}, {CLOCK}
        where clock_date >= live_from_date and clock_date < live_until_date"""
    ).fetchall()
    return str(found[0][0]) if found else None


def champion(connection: DuckDBPyConnection) -> str:
    """The name of the champion at the clock of the last build. Raises UserError without one."""
    name = champion_at_clock(connection)
    if name is None:
        ((clock_date,),) = connection.sql(f"select clock_date from {CLOCK}").fetchall()
        raise UserError(f"no champion is live on {clock_date}")
    return name
