"""Where the bands of a proposal begin: by how many leads sales can call, or by conversion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scripts.shared.statistics import Flags, Numbers, wilson

# Where sales can call more than half of the leads, all of them are no choice.
_MOST_SHARE = 0.5
# Without such a bound bands go by how leads convert, as multiples of the mean.
_MULTIPLES = (2.0, 1.0, 0.5)


@dataclass(frozen=True)
class Band:
    """A band on the leads held out: its lower bound, the share that it has, and how it converts.

    The bound of the lowest is empty; `rate` has its 95 % interval.
    """

    name: str
    bound: str
    share: float
    rate: float
    low: float
    high: float


def told(rows: Sequence[Mapping[str, str]], scores: Numbers, converted: Flags) -> list[Band]:
    """The bands of rows of score_bands, the highest first."""
    rows = sorted(rows, key=lambda row: int(row["band_order"]))
    lower = [float(row["lower_bound"].strip() or "-inf") for row in rows]
    found = []
    for row, low, high in zip(rows, lower, [*lower[1:], np.inf], strict=True):
        inside = (scores >= low) & (scores < high)
        leads, wins = int(inside.sum()), int(converted[inside].sum())
        interval = wilson(wins, leads) or (0.0, 1.0)
        found.append(Band(row["band"], row["lower_bound"].strip(), float(inside.mean()),
                          wins / leads if leads else 0.0, *interval))  # fmt: skip
    return found[::-1]


def bounds(
    scores: Numbers, converted: Flags, number: int, share: float, most: int
) -> tuple[list[int], str]:
    """Lower bounds of `number` bands but the lowest, rising, and what they go by, in words.

    `share` is the share of leads that sales can call: they make the highest band, as near as whole
    numbers come; each band below takes half of the leads that are left. Bounds that would be the
    same, as many leads tie, are apart by a point; then fewer leads are in a band, or none. Scores
    reach from 0 to `most`.
    """
    if share <= _MOST_SHARE:
        shares = [share]
        for _ in range(number - 2):
            shares.append(shares[-1] + (1 - shares[-1]) * _next(shares[-1]))
        found = [_nearest(scores, part, most) for part in shares]
        said = f"the highest band holds what sales can call: {share:.1%} of leads"
    else:
        found = [_rising(scores, converted, multiple, most) for multiple in _spread(number - 1)]
        said = "sales can call most leads, so the bands go by how leads convert"
    return _apart(found[::-1], most), said


def _next(share: float) -> float:
    """The part of the leads left that the next band takes: twice the one above, half at most."""
    return min(0.5, 2 * share / (1 - share))


def _spread(number: int) -> Sequence[float]:
    if number <= len(_MULTIPLES):
        return _MULTIPLES[:number]
    found: list[float] = np.geomspace(_MULTIPLES[0], _MULTIPLES[-1], number).tolist()
    return found


def _nearest(scores: Numbers, share: float, most: int) -> int:
    """The whole number from which on the share of leads is nearest to `share`."""
    cuts = np.arange(1, most + 1)
    above = np.array([(scores >= cut).mean() for cut in cuts])
    return int(cuts[np.argmin(np.abs(above - share))])


def _rising(scores: Numbers, converted: Flags, multiple: float, most: int) -> int:
    """The lowest whole number from which on leads around it convert so much better than all."""
    wanted = multiple * float(converted.mean())
    for cut in range(1, most + 1):
        near = np.abs(scores - cut) <= 5
        if near.sum() >= 40 and converted[near].mean() >= wanted:
            return cut
    return most


def _apart(found: Sequence[int], most: int) -> list[int]:
    """Bounds that rise by a point at least, between 1 and `most`."""
    result: list[int] = []
    for bound in found:
        result.append(max(bound, result[-1] + 1 if result else 1))
    for place in range(len(result) - 1, -1, -1):
        result[place] = min(result[place], most - (len(result) - 1 - place))
    return result
