"""What the page calls "now": the scores of the last build, and the seeds that it was made with."""

from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.overlay import SEEDS, have_same_rows, load_seed
from scripts.shared.interface import LAST_BUILD
from scripts.shared.warehouse import reading, tables_of


@dataclass(frozen=True)
class Now:
    """The seeds of the last build, and whether what it made is what BI reads.

    `differing` names the live seeds that are not as it had them; `is_of_proposal` tells that those
    of the proposal are, where the live ones are not; `has_passed` that all was built, and no test
    failed: else part of its tables may be of the build before.
    """

    differing: tuple[str, ...]
    is_of_proposal: bool
    is_published: bool
    has_passed: bool


def read_now(live: Path, proposal: Path) -> Now:
    """Compare the last build with the live seeds and those of a proposal, which need not be there.

    Raises UserError where the warehouse can't be read.
    """
    with reading() as connection:
        differing = _differing(connection, live)
        is_of_proposal = bool(
            differing and proposal.is_dir() and not _differing(connection, proposal)
        )
        ((is_published, has_passed),) = connection.sql(
            f"from {LAST_BUILD} "
            "select count(*) filter (is_published) = 1, count(*) filter (is_sound) = 1"
        ).fetchall()
    return Now(differing, is_of_proposal, is_published, has_passed)


def _differing(connection: DuckDBPyConnection, folder: Path) -> tuple[str, ...]:
    """The seeds, a folder's laid over the project's, that are not as the last build had them."""
    faulty = {Path(finding.file).stem for finding in check_seeds(SEEDS, folder).errors}
    built = tables_of(connection, "seeds")
    return tuple(
        name
        for name, file in sorted(seed_files(SEEDS, folder).items())
        if name in built  # all but those that are younger than the build
        and (
            name in faulty
            or not have_same_rows(connection, load_seed(connection, file), built[name])
        )
    )
