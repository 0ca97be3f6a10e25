"""What is asked of the warehouse of one lead, in the process beside the studio's."""
# ruff: noqa: S608 (names of tables are those of `interface`)

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.scoring.explain import Explanation
from scripts.shared.errors import UserError
from scripts.shared.interface import LEAD_IDENTITIES
from scripts.shared.warehouse import reading

# All that differ in their last digit alone.
_IDS_OFFERED = 10


@dataclass(frozen=True)
class Tested:
    """A lead's score now and by the seeds as they are edited; `fault` tells why one is not."""

    now: Explanation | None
    then: Explanation | None
    fault: str | None


def now_and_then(explained: Callable[..., Explanation], seeds: Path) -> Tested:
    """Both scores, by `explained(seeds=folder)`; a fault of the edited seeds leaves that of now."""
    found: dict[str, Explanation] = {}
    faults: list[str] = []
    for side, folder in (("now", None), ("then", seeds)):
        try:
            found[side] = explained(seeds=folder)
        except UserError as error:
            faults.append(str(error))
    fault = "\n".join(dict.fromkeys(faults)) or None
    return Tested(found.get("now"), found.get("then"), fault)


def ids_beginning(start: str) -> list[str]:
    """The first ids of leads that begin so. Raises UserError where the warehouse can't be read."""
    with reading() as connection:
        rows = connection.execute(
            f"""select lead_id from {LEAD_IDENTITIES}
            where starts_with(lead_id, $start) order by lead_id limit {_IDS_OFFERED}""",
            {"start": start},
        ).fetchall()
    return [lead_id for (lead_id,) in rows]
