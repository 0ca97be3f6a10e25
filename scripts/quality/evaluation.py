"""How good a score is, on leads as they were scored in the past; what came of them is known.

Shared by recommend, train, promote and review. The warehouse measures the same in
`marts.score_quality`; here it is done for scores that it does not have, on leads held out.
"""
# ruff: noqa: S608 (names of tables are those of `interface`)

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata

from scripts.kpis.intervals import wilson
from scripts.shared.errors import UserError
from scripts.shared.interface import EVALUATED_SCORES, EVALUATION_DATES, EVALUATION_LEADS

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OUTCOMES = ("opportunity", "customer")
# Of the leads in the order of their creation, the last part is kept from every fit.
HELD_OUT_SHARE = 0.2
# Fewer leads of either kind teach nothing that would hold.
LEAST_OF_EACH = 40
_Z = float(norm.ppf(0.975))
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


@dataclass(frozen=True)
class Measures:
    """A score on some leads: AUC, lift of the top tenth, each with its 95 % interval."""

    leads: int
    conversions: int
    auc: float
    auc_low: float
    auc_high: float
    lift: float
    lift_low: float
    lift_high: float


@dataclass(frozen=True)
class Change:
    """The AUC of one score less that of another on the same leads, with its 95 % interval."""

    auc: float
    low: float
    high: float


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
        inner join {EVALUATED_SCORES} using (lead_id, score_date) limit 1"""
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
        )
    return leads


def measure(converted: Flags, score: Numbers) -> Measures:
    """AUC with DeLong's interval, and lift of the top tenth with Wilson's.

    NaN where all or none of the leads converted; the interval of the AUC too, where all but one or
    only one did.
    """
    (auc,), ((variance,),) = delong(converted, score[np.newaxis])
    margin = _Z * np.sqrt(variance)
    total, wins = len(converted), int(converted.sum())
    top = 0.1 * total
    in_top = conversions_of_lowest(converted, -score, top)
    base = wins / total if wins else np.nan
    low, high = wilson(in_top, top) or (np.nan, np.nan)
    return Measures(
        total, wins, float(auc), float(np.maximum(0, auc - margin)),
        float(np.minimum(1, auc + margin)),
        in_top / top / base, low / base, high / base,
    )  # fmt: skip


def conversions_of_lowest(converted: Flags, score: Numbers, leads: float) -> float:
    """The conversions among so many leads with the lowest scores.

    Of leads with one score at the border, their part counts.
    """
    values, place = np.unique(score, return_inverse=True)
    tied = np.bincount(place, minlength=len(values))
    won = np.bincount(place, weights=converted, minlength=len(values))
    below = np.cumsum(tied) - tied
    return float((won * np.clip((leads - below) / tied, 0, 1)).sum())


def compare(converted: Flags, score: Numbers, reference: Numbers) -> Change:
    """The AUC of `score` less that of `reference` on the same leads (DeLong's paired interval)."""
    areas, covariance = delong(converted, np.stack([score, reference]))
    change = float(areas[0] - areas[1])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    margin = _Z * float(np.sqrt(np.maximum(0.0, variance)))
    return Change(change, change - margin, change + margin)


def delong(converted: Flags, scores: Numbers) -> tuple[Numbers, Numbers]:
    """AUC of each row of `scores`, and the covariance of the AUCs.

    DeLong, DeLong and Clarke-Pearson (1988), by midranks as in Sun and Xu (2014). NaN where all
    or none converted; the covariance too, with fewer than two leads of either kind.
    """
    wins = int(converted.sum())
    losses = len(converted) - wins
    unknown = np.full((len(scores), len(scores)), np.nan)
    if min(wins, losses) < 1:
        return unknown[0], unknown
    ranks = rankdata(scores, axis=1)
    among_wins = rankdata(scores[:, converted], axis=1)
    among_losses = rankdata(scores[:, ~converted], axis=1)
    of_wins = (ranks[:, converted] - among_wins) / losses
    if min(wins, losses) < 2:
        return of_wins.mean(axis=1), unknown
    of_losses = 1 - (ranks[:, ~converted] - among_losses) / wins
    covariance = np.atleast_2d(np.cov(of_wins)) / wins + np.atleast_2d(np.cov(of_losses)) / losses
    return of_wins.mean(axis=1), covariance


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
