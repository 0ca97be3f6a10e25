"""Bins of one attribute: which values go together, by what their leads became.

The deviance is twice the logarithm of the likelihood of a binomial, so that its gain by one more
bin is about chi-squared with one degree of freedom (Wilks, Ann. Math. Stat. 9 (1938), 60-62).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log

import numpy as np

from scripts.quality.proposing.known import Column, Places
from scripts.shared.statistics import Numbers

# Neighbours that tell less apart than this are one: 3, 2.5 and 2 standard deviations, squared.
GAINS = (9.0, 6.0, 3.84)
# An event key that gains less than this has no rule.
LEAST_GAIN = 9.0
# A rule that fewer leads have is none; of rarer texts nothing is told apart.
LEAST_LEADS = 40
LEAST_OF_A_TEXT = 20
FINE_BINS = 20
# Rates of small bins are drawn to the mean by so many leads that convert as all do.
PSEUDO_LEADS = 20.0
# A cut is clearly better than that of a rule of today where it gains more: two standard deviations.
_CLEARLY = 3.84
# An edge may move to a rounder number past so large a share of the leads.
_SLACK = 0.01

Group = list[int]


@dataclass(frozen=True)
class Fineness:
    """How finely an attribute is cut: the least gain of a bin, and how many there are at most."""

    gain: float
    bins: int


def merged(
    wins: Numbers, leads: Numbers, fineness: Fineness, *, may_turn: bool = False
) -> list[Group]:
    """Neighbouring bins put together while that loses little.

    `wins` and `leads` are by bin, in order. Too small bins always go to a neighbour. The rate rises
    and falls, or falls and rises, once at most unless it `may_turn`.
    """
    groups = [[place] for place in range(len(leads))]
    won, of = wins.tolist(), leads.tolist()
    costs = [_cost(won, of, place) for place in range(len(of) - 1)]
    while costs:
        small = [min(of[place], of[place + 1]) < LEAST_LEADS for place in range(len(costs))]
        place = min(range(len(costs)), key=lambda n: (not small[n], costs[n]))
        if (
            not small[place]
            and costs[place] >= fineness.gain
            and len(of) <= fineness.bins
            and (may_turn or _turns(won, of) <= 1)
        ):
            break
        groups[place] += groups.pop(place + 1)
        won[place] += won.pop(place + 1)
        of[place] += of.pop(place + 1)
        costs.pop(place)
        for near in (place - 1, place):
            if 0 <= near < len(costs):
                costs[near] = _cost(won, of, near)
    return groups


def kept(groups: Sequence[Group], wins: Numbers, leads: Numbers, known: Places) -> list[Group]:
    """The groups of bins in order, cut where today's rules cut wherever that loses little.

    `known` are the bins with which groups of today begin.
    """
    found = [list(group) for group in groups]
    for place in range(len(found) - 1):
        both = found[place] + found[place + 1]
        won, of = np.cumsum(wins[both]), np.cumsum(leads[both])

        def gain(size: int, won: Numbers = won, of: Numbers = of) -> float:
            parts = np.array([won[size - 1], won[-1] - won[size - 1]])
            return gained(parts, np.array([of[size - 1], of[-1] - of[size - 1]]))

        sizes = [size for size in range(1, len(both)) if both[size] in known
                 and min(of[size - 1], of[-1] - of[size - 1]) >= LEAST_LEADS]  # fmt: skip
        best = max(sizes, key=gain, default=None)
        if best and gain(len(found[place])) - gain(best) < _CLEARLY:
            found[place], found[place + 1] = both[:best], both[best:]
    return found


def log_odds(wins: Numbers, leads: Numbers, base: float) -> Numbers:
    """The weight of evidence of bins: log odds beside those of all, small bins drawn to 0."""
    rate = (wins + PSEUDO_LEADS * base) / (leads + PSEUDO_LEADS)
    known: Numbers = np.log(rate / (1 - rate)) - log(base / (1 - base))
    return known


def gained(wins: Numbers, leads: Numbers) -> float:
    """The deviance that bins explain."""
    parts = sum(_deviance(w, n) for w, n in zip(wins.tolist(), leads.tolist(), strict=True))
    return _deviance(float(wins.sum()), float(leads.sum())) - parts


def edges(column: Column, leads_by_text: Numbers) -> Numbers:
    """Where bins of a column of numbers begin, rising: quantiles, at round numbers near them."""
    known = ~np.isnan(column.numbers) & (leads_by_text > 0)
    values, place = np.unique(column.numbers[known], return_inverse=True)
    if len(values) < 2:
        return np.empty(0)
    below = np.cumsum(np.bincount(place, leads_by_text[known]))
    share = np.concatenate([[0.0], below / below[-1]])  # of the leads below each value, and all
    if len(values) <= FINE_BINS:
        starts = np.arange(1, len(values))
        lowest = starts - 1
    else:
        wanted = np.arange(1, FINE_BINS) / FINE_BINS
        starts = np.unique(np.searchsorted(share[1:], wanted, "left").clip(1, len(values) - 1))
        slack = np.searchsorted(share[1:], share[starts] - _SLACK, "left")
        lowest = np.minimum(slack, starts - 1)
    unit = 10**column.decimals
    rounded = [
        round_number(round(float(values[low]) * unit), round(float(values[start]) * unit))
        for low, start in zip(lowest, starts, strict=True)
    ]
    found: Numbers = np.unique(rounded) / unit
    return found


def round_number(above: int, up_to: int) -> int:
    """The roundest whole number above one and up to another: most zeros, then 5, 2.5, 2."""
    for power in range(len(str(abs(up_to))) + 1, -1, -1):
        for part in (5.0, 2.5, 2.0, 1.0):
            step = part * 10**power
            if step != int(step):
                continue
            found: int = floor(up_to / step) * int(step)
            if above < found <= up_to:
                return found
    return up_to


def sorted_by_rate(wins: Numbers, leads: Numbers, base: float) -> Sequence[int]:
    """Bins by what their leads became, the worst first, rates of small ones drawn to the mean."""
    order: list[int] = np.argsort(log_odds(wins, leads, base), kind="stable").tolist()
    return order


def _cost(wins: Sequence[float], leads: Sequence[float], place: int) -> float:
    return (
        _deviance(wins[place] + wins[place + 1], leads[place] + leads[place + 1])
        - _deviance(wins[place], leads[place])
        - _deviance(wins[place + 1], leads[place + 1])
    )


def _deviance(wins: float, leads: float) -> float:
    return -2 * sum(part * log(part / leads) for part in (wins, leads - wins) if part > 0)


def _turns(wins: Sequence[float], leads: Sequence[float]) -> int:
    """How often the rate turns from rising to falling, or back."""
    rates = [won / max(of, 1e-9) for won, of in zip(wins, leads, strict=True)]
    rises = [after > before for before, after in pairwise(rates)]
    return sum(one != other for one, other in pairwise(rises))
