"""How good a score is, on leads as they were scored in the past; what came of them is known.

Shared by recommend, train, promote and review. The warehouse measures the same in
`marts.score_quality`, by the same functions (`shared.statistics`); here it is done for scores that
it does not have, on leads held out.
"""
# ruff: noqa: S608 (names of tables are those of `interface`)

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from scripts.shared.errors import UserError
from scripts.shared.interface import DATA_END, EVALUATION_DATES, EVALUATION_LEADS, SCORED_DAYS
from scripts.shared.statistics import Flags, Numbers, wilson

OUTCOMES = ("opportunity", "customer")
# Of the leads in the order of their creation, the last part is kept from every fit.
HELD_OUT_SHARE = 0.2
# Fewer leads of either kind teach nothing that would hold.
LEAST_OF_EACH = 40
# What nearly all leads that have it convert with, while few others do, is known only afterwards.
_LEAK_LEADS = 20
_LEAK_RATE = 0.9


@dataclass(frozen=True)
class Leads:
    """Leads scored at the end of a day after their creation, in the order of creation.

    All arrays have one entry a lead: id, day of creation, whether it converted in time.
    """

    lead_id: npt.NDArray[Any]
    created_date: npt.NDArray[np.datetime64]
    converted: Flags

    @property
    def first_held_out(self) -> int:
        """The place of the first lead that is held out."""
        return round(len(self.lead_id) * (1 - HELD_OUT_SHARE))

    def days(self, start: int, end: int) -> tuple[date, date]:
        """The first and last day of creation of the leads from `start` up to before `end`."""
        first, last = self.created_date[[start, end - 1]].astype("datetime64[D]")
        return first.item(), last.item()


def evaluated_leads(connection: duckdb.DuckDBPyConnection, day: int, outcome: str) -> Leads:
    """The leads that count when a score of the end of `day` is held against `outcome`.

    Raises UserError for a day that the warehouse does not measure or an outcome it does not know,
    and below 40 leads that converted or 40 that did not.
    """
    days = [
        found
        for (found,) in connection.sql(
            f"select distinct scored_day from {EVALUATION_DATES} order by all"
        ).fetchall()
    ]
    if outcome not in OUTCOMES:
        raise UserError(f"{outcome} is no outcome; it may be {' or '.join(OUTCOMES)}")
    past = connection.sql(
        f"""select 1 from {EVALUATION_DATES}
        inner join {SCORED_DAYS} using (lead_id, score_date) limit 1"""
    ).fetchall()
    if not past:
        raise UserError(
            "no past day was scored: build with the var history true, once there is one"
        )
    if day not in days:
        listed = ", ".join(map(str, days))
        raise UserError(f"no lead is scored on day {day}; it may be {listed} (var evaluation_days)")
    found = connection.execute(
        f"""select lead_id, created_date, is_converted from {EVALUATION_LEADS}
        where status = 'evaluated' and scored_day = ? and outcome = ?
        order by created_date, lead_id""",
        [day, outcome],
    ).fetchnumpy()
    lead_id, created_date, converted = (np.asarray(column) for column in found.values())
    leads = Leads(lead_id, created_date, converted.astype(bool))
    wins = int(leads.converted.sum())
    losses = len(leads.converted) - wins
    if min(wins, losses) < LEAST_OF_EACH:
        raise UserError(
            f"there is too little history: of the leads scored on day {day} that had the time, "
            f"{wins} became {outcome} and {losses} did not; it takes {LEAST_OF_EACH} of each"
            + _when_enough(connection, leads)
        )
    return leads


def _when_enough(connection: duckdb.DuckDBPyConnection, leads: Leads) -> str:
    """What is missing, and the month in which it is there if leads go on as they did."""
    wins = int(leads.converted.sum())
    fewest = min(wins, len(leads.converted) - wins)
    kind = "conversions" if fewest == wins else "leads that did not convert"
    said = f": {LEAST_OF_EACH - fewest} more {kind}"
    if not fewest:
        return said
    created = leads.created_date.astype("datetime64[D]")
    days = int((created[-1] - created[0]).astype(int)) + 1
    ((end,),) = connection.sql(f"select last_date from {DATA_END}").fetchall()
    enough = end + timedelta(days=math.ceil((LEAST_OF_EACH - fewest) * days / fewest))
    return f"{said}, at today's pace in {enough:%B %Y}"


def scores_of(connection: duckdb.DuckDBPyConnection, name: str, day: int, leads: Leads) -> Numbers:
    """The score of each lead by a model; disqualified leads come last.

    Raises UserError where the warehouse was built without the model.
    """
    found = connection.execute(
        f"""select lead_id, if(band = 'disqualified', '-inf'::double, score::double) as score
        from {EVALUATION_DATES}
        inner join {SCORED_DAYS} using (lead_id, score_date)
        where score_model = ? and scored_day = ?""",
        [name, day],
    ).df()
    scores = found.set_index("lead_id")["score"].reindex(leads.lead_id).to_numpy(dtype=float)
    if np.isnan(scores).any():
        raise UserError(f"the warehouse has no past scores of {name}; build it again")
    lowest = scores[np.isfinite(scores)].min(initial=0)
    return np.where(np.isfinite(scores), scores, lowest - 1)


def looks_known_afterwards(converted_with: Flags, converted: Flags) -> bool:
    """Whether a rule or feature seems to be filled in once the outcome is known.

    That is where nearly all leads that have it converted, and of all leads not half as many.
    """
    leads = len(converted_with)
    interval = wilson(int(converted_with.sum()), leads)
    return (
        interval is not None
        and leads >= _LEAK_LEADS
        and interval[0] > _LEAK_RATE
        and 2 * converted.mean() < _LEAK_RATE
    )
