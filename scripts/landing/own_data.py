"""Lands the sample, or one's own data in its place: a warehouse never holds both."""

from contextlib import closing
from pathlib import Path

from scripts.landing.land import LandResult, land
from scripts.landing.mapping import NO_OPTIONS, Options
from scripts.landing.sample import write_sample
from scripts.privacy.suppression import keep_suppressions
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.lock import exclusive
from scripts.shared.warehouse import built_file, connect, holds, storage

# The table that tells a working file of the sample, and the one that every landing leaves.
SAMPLE, LANDED = "state.sample", "raw.landings"


def refuse_sample() -> None:
    """Raises UserError where the warehouse holds the sample, and where there is none."""
    built_file()
    if _holds(SAMPLE):
        raise UserError(
            f"{paths.warehouse_file()} holds the sample, with which nothing is mixed; build your "
            "own data first: make run DATA=folder"
        )


def land_sample() -> LandResult:
    """Make up the sample and land it. Raises UserError where the warehouse holds other data."""
    _settle_replacement()
    if paths.warehouse_file().exists() and not _holds(SAMPLE):
        raise UserError(
            f"{paths.warehouse_file()} holds data of your own, and the sample is not mixed with "
            "them: name your folder (make run DATA=folder), or another file in LEADS_WAREHOUSE"
        )
    folder = paths.PROJECT / "data" / "sample"
    write_sample(folder)
    with storage(), closing(connect()) as connection:
        connection.execute(
            "create schema if not exists state;"
            "create table if not exists state.sample as select true as is_sample"
        )
    return land(folder)


def land_own(folder: Path, options: Options = NO_OPTIONS) -> LandResult:
    """Land a folder of one's own data; where the warehouse holds the sample, in its place.

    Who was erased stays so. Raises what `land` raises; the sample stays then.
    """
    with exclusive("land"):
        _settle_replacement()
        if not paths.warehouse_file().exists() or not _holds(SAMPLE):
            return land(folder, options=options)
        paths.warehouse_file().replace(_sample_aside())
        try:
            with closing(connect()) as connection:
                keep_suppressions(connection, _sample_aside())
            landed = land(folder, options=options)
        except UserError:
            _settle_replacement()
            raise
        _sample_aside().unlink()
        return landed


def _sample_aside() -> Path:
    """Where the sample lies while one's own data take its place."""
    return paths.warehouse_file().with_suffix(".aside")


def _settle_replacement() -> None:
    """Put the sample back unless one's own data have landed; then it is gone."""
    if not _sample_aside().exists():
        return
    working = paths.warehouse_file()
    if working.exists() and _holds(LANDED):
        _sample_aside().unlink()
        return
    for leftover in working.parent.glob(f"{working.name}*"):
        leftover.unlink()
    _sample_aside().replace(working)


def _holds(table: str) -> bool:
    """Whether the working file has a table; opened so that what a killed run left is in it."""
    with storage(), closing(connect()) as connection:
        return holds(connection, table)
