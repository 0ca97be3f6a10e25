"""95 % intervals of the KPIs: Wilson for shares, the bootstrap for medians and means."""

import math
from statistics import NormalDist
from typing import Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]
Statistic = Literal["median", "mean"]

_SEED = 20250630
_REPLICATES = 1000
# Fewer values say nothing of how they spread.
_FEWEST = 5
# From here on the bootstrap of a mean is its normal limit in all digits that anybody reads.
_MANY = 1000
_TAILS = (0.025, 0.975)


def wilson(successes: float, trials: float, confidence: float = 0.95) -> Interval | None:
    """Interval of a binomial rate after Wilson, JASA 22 (1927), 209-212; None without trials.

    It ends at 0 where there is no success, and at 1 where there is no failure, exactly.
    """
    if not trials:
        return None
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    rate = successes / trials
    middle = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (rate * (1 - rate) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    return middle - half if successes else 0.0, middle + half if successes < trials else 1.0


def bootstrap(values: NDArray[np.float64], statistic: Statistic, name: str) -> Interval | None:
    """Percentile interval of a statistic over 1,000 resamples (Efron, Ann. Stat. 7 (1979), 1-26).

    The same values, in any order, give the same interval; `name` parts the random numbers of one
    KPI from those of another. None for fewer than five values. The time does not grow with the
    number of values, apart from sorting them.
    """
    if len(values) < _FEWEST:
        return None
    random = np.random.default_rng([_SEED, crc32(name.encode())])
    ordered = np.sort(values)
    resampled = {"median": _medians, "mean": _means}[statistic](ordered, random)
    lower, upper = np.quantile(resampled, _TAILS)
    return float(lower), float(upper)


def _medians(ordered: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Medians of resamples, by the order statistics of uniform draws, which are Beta.

    A resample is the values at n uniform ranks, so its k-th smallest is the value at the k-th
    smallest rank; that one follows Beta(k, n - k + 1), and the next is the least of n - k ranks
    above it (David & Nagaraja, Order Statistics, 2003, 2.1-2.3). No resample need be drawn.
    """
    n = len(ordered)
    middle = (n + 1) // 2
    ranks = random.beta(middle, n - middle + 1, _REPLICATES)
    medians = _at(ordered, ranks)
    if n % 2 == 0:
        above = ranks + (1 - ranks) * random.beta(1, n - middle, _REPLICATES)
        medians = (medians + _at(ordered, above)) / 2
    return medians


def _at(ordered: NDArray[np.float64], ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    places = np.ceil(ranks * len(ordered)).astype(np.int64) - 1
    return ordered[np.clip(places, 0, len(ordered) - 1)]


def _means(ordered: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    n = len(ordered)
    if n > _MANY:
        return random.normal(ordered.mean(), ordered.std() / math.sqrt(n), _REPLICATES)
    means: NDArray[np.float64] = random.choice(ordered, (_REPLICATES, n)).mean(axis=1)
    return means
