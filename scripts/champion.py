"""Which scoring model counts today."""

from duckdb import DuckDBPyConnection

from scripts.errors import UserError


def champion_at_clock(connection: DuckDBPyConnection) -> str | None:
    """The name of the champion at the clock of a build; None where none is live yet."""
    ((name,),) = connection.sql(
        """select max_by(score_model, live_from_date)
        from intermediate.int_live_models, intermediate.int_clock
        where role = 'champion' and live_from_date <= clock_date"""
    ).fetchall()
    return None if name is None else str(name)


def champion(connection: DuckDBPyConnection) -> str:
    """The name of the champion at the clock of the last build. Raises UserError without one."""
    name = champion_at_clock(connection)
    if name is None:
        ((clock_date,),) = connection.sql(
            "select clock_date from intermediate.int_clock"
        ).fetchall()
        raise UserError(f"no champion is live on {clock_date}")
    return name
