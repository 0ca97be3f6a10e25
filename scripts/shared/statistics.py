"""The one home of statistics: how good a score is, what it stands for, and intervals.

The scripts call these functions, and so does SQL: `SQL_FUNCTIONS` are registered on DuckDB's
connections and in Spark's sessions. Nothing of this project is imported here, since Spark's
workers have no copy of it.

Whatever counts leads takes one entry a lead, or one a group of leads that have the same score:
`leads` then says how many they are and `conversions` how many of them converted.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[Any]
Interval = tuple[float, float]
Statistic = Literal["median", "mean"]

# The quantile of the normal distribution on which two-sided 95 % intervals stand.
_Z = NormalDist().inv_cdf(0.975)
# Calibration goes by so many bins of equally many leads.
_BINS = 20

_SEED = 20250630
_REPLICATES = 1000
# Fewer values say nothing of how they spread.
_FEWEST = 5
# From here on the bootstrap of a mean is its normal limit in all digits that anybody reads.
_MANY = 1000
_TAILS = (0.025, 0.975)


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


def measure(conversions: Values, score: Values, leads: npt.ArrayLike = 1) -> Measures:
    """AUC with DeLong's interval, and lift of the top tenth with Wilson's.

    NaN where all or none of the leads converted; the interval of the AUC too, where all but one or
    only one did.
    """
    (auc,), ((variance,),) = delong(conversions, score[np.newaxis], leads)
    margin = _Z * np.sqrt(variance)
    total = int(np.broadcast_to(leads, conversions.shape).sum())
    wins = int(conversions.sum())
    top = 0.1 * total
    in_top = conversions_of_lowest(conversions, -score, top, leads)
    base = wins / total if wins else np.nan
    low, high = wilson(in_top, top) or (np.nan, np.nan)
    return Measures(
        total, wins, float(auc), float(np.maximum(0, auc - margin)),
        float(np.minimum(1, auc + margin)),
        in_top / top / base, low / base, high / base,
    )  # fmt: skip


def compare(converted: Flags, score: Numbers, reference: Numbers) -> Change:
    """The AUC of `score` less that of `reference` on the same leads (DeLong's paired interval)."""
    areas, covariance = delong(converted, np.stack([score, reference]))
    change = float(areas[0] - areas[1])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    margin = _Z * float(np.sqrt(np.maximum(0.0, variance)))
    return Change(change, change - margin, change + margin)


def delong(
    conversions: Values, scores: Values, leads: npt.ArrayLike = 1
) -> tuple[Numbers, Numbers]:
    """AUC of each row of `scores`, and the covariance of the AUCs.

    DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988), 837-845; leads of one score count half
    against each other. NaN where all or none converted; the covariance too, with fewer than two
    leads of either kind.
    """
    won = conversions.astype(np.int64)
    lost = np.asarray(leads) - won
    wins, losses = int(won.sum()), int(lost.sum())
    unknown = np.full((len(scores), len(scores)), np.nan)
    if min(wins, losses) < 1:
        return unknown[0], unknown
    # Twice the leads of the other kind that a lead beats, or is beaten by: whole numbers.
    beaten = np.stack([_twice_below(score, lost) for score in scores])
    beating = np.stack([_twice_below(-score, won) for score in scores])
    areas = beaten @ won / (2 * wins * losses)
    if min(wins, losses) < 2:
        return areas, unknown
    covariance = (
        np.atleast_2d(np.cov(beaten / (2 * losses), fweights=won)) / wins
        + np.atleast_2d(np.cov(beating / (2 * wins), fweights=lost)) / losses
    )
    return areas, covariance


def _twice_below(score: Values, others: Values) -> Numbers:
    """For each entry twice the others with a lower score, and once those with the same."""
    _, place = np.unique(score, return_inverse=True)
    tied = np.bincount(place, others).astype(float)
    below: Numbers = (2 * np.cumsum(tied) - tied)[place]
    return below


def conversions_of_lowest(
    conversions: Values, score: Values, most: float, leads: npt.ArrayLike = 1
) -> float:
    """The conversions among so many leads with the lowest scores.

    Of leads with one score at the border, their part counts.
    """
    _, place = np.unique(score, return_inverse=True)
    tied = np.bincount(place, np.broadcast_to(leads, place.shape))
    won = np.bincount(place, conversions)
    below = np.cumsum(tied) - tied
    return float((won * np.clip((most - below) / tied, 0, 1)).sum())


def average_precision(conversions: Values, score: Values, leads: npt.ArrayLike = 1) -> float:
    """The mean, over leads that converted, of the share converted from their score upwards.

    NaN where none converted.
    """
    _, place = np.unique(-score, return_inverse=True)
    won = np.bincount(place, conversions)
    above = np.cumsum(np.bincount(place, np.broadcast_to(leads, place.shape)))
    wins = won.sum()
    return float((won * np.cumsum(won) / above).sum() / wins) if wins else np.nan


def brier_score(conversions: Values, probability: Values, leads: npt.ArrayLike = 1) -> float:
    """The mean squared difference of probability and outcome (Brier 1950); 0 is best."""
    missed = conversions * (1 - probability) ** 2 + (leads - conversions) * probability**2
    return float(missed.sum() / np.broadcast_to(leads, missed.shape).sum())


def isotonic(conversions: Values, leads: Values) -> Numbers:
    """Rates of groups of leads, the lowest scores first, that never fall (least squares)."""
    from scipy.optimize import isotonic_regression

    rates: Numbers = isotonic_regression(conversions / leads, weights=leads).x
    return rates


def calibrated(bins: Values, leads: Values, conversions: Values) -> Numbers:
    """The probability of each bin of scores; an empty bin has that of the next, or of the last."""
    leads, conversions = (np.bincount(bins, of, _BINS) for of in (leads, conversions))
    known = np.flatnonzero(leads)
    if not len(known):
        return np.zeros(_BINS)
    rates = isotonic(conversions[known], leads[known])
    probabilities: Numbers = rates[
        np.searchsorted(known, np.arange(_BINS)).clip(max=len(known) - 1)
    ]
    return probabilities


def wilson(successes: float, trials: float, confidence: float = 0.95) -> Interval | None:
    """Interval of a binomial rate after Wilson, JASA 22 (1927), 209-212; None without trials.

    It ends at 0 where there is no success, and at 1 where there is no failure, exactly. Both may be
    fractions, for which scipy's does not provide: a tenth of the leads.
    """
    if not trials:
        return None
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    rate = successes / trials
    middle = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (rate * (1 - rate) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    return middle - half if successes else 0.0, middle + half if successes < trials else 1.0


def bootstrap(values: Numbers, statistic: Statistic, name: str) -> Interval | None:
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


def _medians(ordered: Numbers, random: np.random.Generator) -> Numbers:
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


def _at(ordered: Numbers, ranks: Numbers) -> Numbers:
    places = np.ceil(ranks * len(ordered)).astype(np.int64) - 1
    return ordered[np.clip(places, 0, len(ordered) - 1)]


def _means(ordered: Numbers, random: np.random.Generator) -> Numbers:
    n = len(ordered)
    if n > _MANY:
        return random.normal(ordered.mean(), ordered.std() / math.sqrt(n), _REPLICATES)
    means: Numbers = random.choice(ordered, (_REPLICATES, n)).mean(axis=1)
    return means


def score_measures(
    scores: Sequence[int],
    leads: Sequence[int],
    conversions: Sequence[int],
    probabilities: Sequence[float],
) -> dict[str, float | None]:
    """All that `marts.score_quality` measures of the scores of some leads.

    An entry each for leads of one score and calibrated probability. What can't be told is None.
    """
    score, count, won = (np.array(values, np.int64) for values in (scores, leads, conversions))
    found = measure(won, score, count)
    wins = found.conversions or np.nan
    in_fifth = conversions_of_lowest(won, -score, 0.2 * found.leads, count)
    measures = {
        "auc": found.auc,
        "auc_low": found.auc_low,
        "auc_high": found.auc_high,
        "average_precision": average_precision(won, score, count),
        "brier_score": brier_score(won, np.array(probabilities), count),
        "top_decile_lift": found.lift,
        "top_decile_lift_low": found.lift_low,
        "top_decile_lift_high": found.lift_high,
        "top_quintile_lift": in_fifth / wins / 0.2,
        "share_in_top_quintile": in_fifth / wins,
    }
    return {name: None if math.isnan(value) else float(value) for name, value in measures.items()}


def calibrated_scores(
    scores: Sequence[Decimal],
    leads: Sequence[int],
    conversions: Sequence[int],
    first_half_leads: Sequence[int],
    first_half_conversions: Sequence[int],
) -> list[dict[str, Any]]:
    """The probability that each score stands for, by isotonic regression on 20 bins of scores.

    An entry each for leads of one score, the lowest first; they stay together, in the bin where the
    middle one of them lies. Probabilities are those of all leads, and of each half of them.
    """
    lists = (leads, conversions, first_half_leads, first_half_conversions)
    count, won, count_first, won_first = (np.array(values, np.int64) for values in lists)
    up_to = np.cumsum(count)
    bins = np.floor(_BINS * (up_to - count / 2) / up_to[-1]).astype(np.int64)
    parts = ((count, won), (count_first, won_first), (count - count_first, won - won_first))
    columns = [bins, *(calibrated(bins, *part)[bins] for part in parts)]
    return [
        {
            "score": score,
            "bin": number,
            "probability": every,
            "probability_by_first_half": first,
            "probability_by_second_half": second,
        }
        for score, number, every, first, second in zip(
            scores, *(column.tolist() for column in columns), strict=True
        )
    ]


def conversion_rate(conversions: int, leads: int) -> dict[str, float | None]:
    """The share of leads that converted, with its 95 % interval; None where there is no lead."""
    low, high = wilson(conversions, leads) or (None, None)
    return {
        "conversion_rate": conversions / leads if leads else None,
        "conversion_rate_low": low,
        "conversion_rate_high": high,
    }


def conversion_lift(
    conversions_with: int, leads_with: int, conversions: int, leads: int
) -> dict[str, float | None]:
    """How leads with something convert, how all others do, and the ratio with its 95 % interval.

    Of Katz and others, Biometrics 34 (1978), 469-474: the logarithm of such a ratio is about
    normal. None where it can't be told.
    """
    from scipy.stats.contingency import relative_risk

    conversions_without, leads_without = conversions - conversions_with, leads - leads_with
    rate = conversions_with / leads_with if leads_with else None
    other_rate = conversions_without / leads_without if leads_without else None
    lift = rate / other_rate if rate is not None and other_rate else None
    low = high = None
    if lift:
        low, high = relative_risk(
            conversions_with, leads_with, conversions_without, leads_without
        ).confidence_interval()
    return {
        "conversion_with": rate,
        "conversion_without": other_rate,
        "lift": lift,
        "lift_low": None if low is None else float(low),
        "lift_high": None if high is None else float(high),
    }


def conversion_difference(
    conversions: int, leads: int, other_conversions: int, other_leads: int
) -> dict[str, float | None]:
    """How much higher a rate is than another, with its 95 % interval; None where there is no lead.

    Of Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10: from Wilson's intervals. With
    it the difference that two such groups show with 80 % power at 5 %, two-sided, by the normal
    limit with the rate of both (Fleiss, Levin and Paik, Statistical Methods for Rates and
    Proportions, 2003, 4.2); None where nobody or everybody converted.
    """
    difference = low = high = detectable = None
    if leads and other_leads:
        rate, other_rate = conversions / leads, other_conversions / other_leads
        lower, upper = wilson(conversions, leads) or (math.nan, math.nan)
        other_lower, other_upper = wilson(other_conversions, other_leads) or (math.nan, math.nan)
        difference = rate - other_rate
        low = difference - math.hypot(rate - lower, other_upper - other_rate)
        high = difference + math.hypot(upper - rate, other_rate - other_lower)
        both = (conversions + other_conversions) / (leads + other_leads)
        spread = math.sqrt(both * (1 - both) * (1 / leads + 1 / other_leads))
        detectable = (_Z + NormalDist().inv_cdf(0.8)) * spread or None
    return {
        "conversion_difference": difference,
        "conversion_difference_low": low,
        "conversion_difference_high": high,
        "detectable_difference": detectable,
    }


def margin_difference(
    total: Decimal,
    squares: Decimal,
    leads: int,
    other_total: Decimal,
    other_squares: Decimal,
    other_leads: int,
) -> dict[str, float | None]:
    """How much more is earned a lead than with others, with its 95 % interval (Welch).

    From the sums and sums of squares of what each lead earned. Welch, Biometrika 34 (1947), 28-35:
    variances need not be alike. None where there is no lead; the interval too where there is one
    alone, or all leads of each group earned the same.
    """
    from scipy.special import stdtrit

    difference = low = high = None
    if leads and other_leads:
        difference = float(total / leads - other_total / other_leads)
    if min(leads, other_leads) > 1:
        of_mean, of_other = (
            float((each_squares - each * each / count) / (count - 1) / count)
            for each, each_squares, count in (
                (total, squares, leads), (other_total, other_squares, other_leads)
            )
        )  # fmt: skip
        if difference is not None and of_mean + of_other > 0:
            freedom = (of_mean + of_other) ** 2 / (
                of_mean**2 / (leads - 1) + of_other**2 / (other_leads - 1)
            )
            half = float(stdtrit(freedom, 0.975)) * math.sqrt(of_mean + of_other)
            low, high = difference - half, difference + half
    return {
        "margin_difference": difference,
        "margin_difference_low": low,
        "margin_difference_high": high,
    }


@dataclass(frozen=True)
class SqlFunction:
    """A function that SQL calls by its name, with DuckDB's types of what it takes.

    It gives a struct of the fields `returns`, or a list of such structs.
    """

    function: Callable[..., Any]
    takes: tuple[str, ...]
    returns: dict[str, str]
    is_list: bool = False
    takes_null: bool = False  # or gives NULL without being called where it takes any

    @property
    def duckdb_type(self) -> str:
        """What it gives, in DuckDB's words."""
        fields = ", ".join(f"{name} {kind}" for name, kind in self.returns.items())
        return f"struct({fields}){'[]' if self.is_list else ''}"

    @property
    def spark_type(self) -> str:
        """What it gives, in Spark's words."""
        struct = f"struct<{', '.join(f'{name}: {kind}' for name, kind in self.returns.items())}>"
        return f"array<{struct}>" if self.is_list else struct


def _doubles(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "double")


SQL_FUNCTIONS = (
    SqlFunction(
        score_measures,
        ("bigint[]", "bigint[]", "bigint[]", "double[]"),
        _doubles(
            "auc", "auc_low", "auc_high", "average_precision", "brier_score",
            "top_decile_lift", "top_decile_lift_low", "top_decile_lift_high",
            "top_quintile_lift", "share_in_top_quintile",
        ),
    ),
    SqlFunction(
        calibrated_scores,
        ("decimal(18,4)[]", "bigint[]", "bigint[]", "bigint[]", "bigint[]"),
        {"score": "decimal(18,4)", "bin": "int"}
        | _doubles("probability", "probability_by_first_half", "probability_by_second_half"),
        is_list=True,
    ),
    SqlFunction(
        conversion_rate,
        ("bigint", "bigint"),
        _doubles("conversion_rate", "conversion_rate_low", "conversion_rate_high"),
    ),
    SqlFunction(
        conversion_lift,
        ("bigint",) * 4,
        _doubles("conversion_with", "conversion_without", "lift", "lift_low", "lift_high"),
    ),
    SqlFunction(
        conversion_difference,
        ("bigint",) * 4,
        _doubles(
            "conversion_difference", "conversion_difference_low", "conversion_difference_high",
            "detectable_difference",
        ),
    ),
    SqlFunction(
        margin_difference,
        ("decimal(38,4)", "decimal(38,8)", "bigint") * 2,
        _doubles("margin_difference", "margin_difference_low", "margin_difference_high"),
    ),
)  # fmt: skip


def register_functions(
    connection: "DuckDBPyConnection", functions: Sequence[SqlFunction] = SQL_FUNCTIONS
) -> None:
    """Lets SQL on this connection call the functions, by default those of this module."""
    from duckdb.func import FunctionNullHandling

    for sql in functions:
        connection.create_function(
            sql.function.__name__,
            sql.function,
            list(sql.takes),
            sql.duckdb_type,
            null_handling=(
                FunctionNullHandling.SPECIAL if sql.takes_null else FunctionNullHandling.DEFAULT
            ),
        )
