"""Statistics against scikit-learn, scipy, figures worked out by hand, and plain resampling."""

from decimal import Decimal

import duckdb
import numpy as np
import pytest
from scipy.stats import binomtest
from scipy.stats.contingency import relative_risk
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from scripts.shared.statistics import (
    Flags,
    Numbers,
    bootstrap,
    calibrated_scores,
    compare,
    conversion_lift,
    conversion_rate,
    measure,
    register_functions,
    score_measures,
    wilson,
)


def leads(seed: int, number: int, scores: int) -> tuple[Flags, Numbers, Numbers]:
    """Whether leads converted, their scores, of which many are the same, and probabilities."""
    generator = np.random.default_rng(seed)
    score = generator.integers(-scores, scores, number).astype(float)
    probability = np.round(1 / (1 + np.exp(-score / scores)) * generator.uniform(0.5, 1, number), 1)
    return generator.uniform(size=number) < probability, score, probability


def grouped(*columns: Numbers | Flags) -> tuple[Numbers, ...]:
    """Rows that are equal in all columns but the last once, with their number and its sum."""
    keys, place, count = np.unique(
        np.column_stack(columns[:-1]), axis=0, return_inverse=True, return_counts=True
    )
    return (*keys.T, count, np.bincount(place, columns[-1]).astype(int))


@pytest.mark.parametrize("seed", range(8))
def test_a_score_is_measured_as_by_scikit_learn(seed: int) -> None:
    converted, score, probability = leads(seed, 50 * (seed + 1), seed + 1)
    scores, probabilities, count, won = grouped(score, probability, converted)
    columns = [column.tolist() for column in (scores.astype(int), count, won, probabilities)]
    found = score_measures(*columns)
    assert found["auc"] == pytest.approx(roc_auc_score(converted, score), abs=1e-12)
    assert found["average_precision"] == pytest.approx(
        average_precision_score(converted, score), abs=1e-12
    )
    assert found["brier_score"] == pytest.approx(
        brier_score_loss(converted, probability), abs=1e-12
    )
    alone = measure(converted, score)
    assert (found["auc"], found["auc_low"], found["auc_high"]) == pytest.approx(
        (alone.auc, alone.auc_low, alone.auc_high), abs=1e-12
    )
    assert (found["top_decile_lift"], found["top_decile_lift_high"]) == pytest.approx(
        (alone.lift, alone.lift_high), abs=1e-12
    )


def test_the_interval_of_an_auc_by_hand() -> None:
    # Two leads that converted beat all and half of four others, which are beaten by both and by
    # one: shares of 1 and 1/2, and 1, 1, 1/2, 1/2; variances 1/8 / 2 + 1/12 / 4 = 1/12.
    converted = np.array([1, 1, 0, 0, 0, 0], bool)
    score = np.array([5.0, 2.0, 3.0, 4.0, 1.0, 0.0])
    found = measure(converted, score)
    assert found.auc == 0.75
    assert found.auc_low == pytest.approx(0.75 - 1.959964 * np.sqrt(1 / 12), abs=1e-6)
    assert found.auc_high == 1
    assert compare(converted, score, score).low == 0
    assert compare(converted, score, -score).auc == 0.5


def test_what_cannot_be_told_is_none() -> None:
    found = score_measures([1, 2], [3, 4], [0, 0], [0.5, 0.5])
    assert {name for name, value in found.items() if value is not None} == {"brier_score"}
    found = score_measures([1, 2], [3, 4], [3, 4], [0.5, 0.5])
    assert found["auc"] is None and found["average_precision"] == 1
    found = score_measures([1, 2], [3, 4], [0, 1], [0.5, 0.5])
    assert found["auc"] == 0.75 and found["auc_low"] is None


@pytest.mark.parametrize("seed", range(8))
def test_probabilities_are_those_of_scikit_learn(seed: int) -> None:
    """Each half of the leads has scores of all bins, so that none is made up."""
    converted, score, _ = leads(seed, 3000, 100)
    half = np.arange(3000) % 2 == 0
    scores, count, won = grouped(score, converted)
    _, count_first, won_first = grouped(score[half], converted[half])
    assert len(count_first) == len(count)
    found = calibrated_scores(
        [Decimal(value) for value in scores.astype(int).tolist()],
        *(column.tolist() for column in (count, won, count_first, won_first)),
    )
    assert [row["score"] for row in found] == scores.tolist()
    assert {row["bin"] for row in found} == set(range(20))
    bins = np.array([row["bin"] for row in found])[np.searchsorted(scores, score)]
    for name, part in (
        ("probability", half | True),
        ("probability_by_first_half", half),
        ("probability_by_second_half", ~half),
    ):
        fitted = IsotonicRegression().fit(bins[part], converted[part])
        expected = fitted.predict([row["bin"] for row in found])
        assert [row[name] for row in found] == pytest.approx(expected, abs=1e-12)


def test_a_bin_without_leads_has_the_probability_of_the_next() -> None:
    scores = [Decimal(value) for value in range(4)]
    found = calibrated_scores(scores, [1, 1, 1, 1], [0, 1, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0])
    assert [row["bin"] for row in found] == [2, 7, 12, 17]
    assert [row["probability"] for row in found] == pytest.approx([0, 2 / 3, 2 / 3, 2 / 3])
    assert [row["probability_by_first_half"] for row in found] == [0, 0, 0, 0]
    assert [row["probability_by_second_half"] for row in found] == [0, 0.5, 0.5, 0.5]
    found = calibrated_scores(scores, [1, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0])
    assert [row["probability_by_first_half"] for row in found] == [0, 0, 0, 0]


def test_rates_have_the_intervals_of_scipy() -> None:
    for conversions, count in ((0, 5), (2, 7), (7, 7), (40, 1000)):
        found = conversion_rate(conversions, count)
        interval = binomtest(conversions, count).proportion_ci(method="wilson")
        assert list(found.values()) == pytest.approx([conversions / count, *interval], abs=1e-12)
    assert set(conversion_rate(0, 0).values()) == {None}


def test_the_lift_of_a_rule_and_where_it_has_none() -> None:
    found = conversion_lift(6, 20, 16, 120)
    low, high = relative_risk(6, 20, 10, 100).confidence_interval()
    # Katz: 3 times, and a factor of exp(1.96 √(1/6 − 1/20 + 1/10 − 1/100)) = 2.438 either way.
    assert list(found.values()) == pytest.approx([0.3, 0.1, 3, low, high])
    assert (low, high) == pytest.approx((3 / 2.438, 3 * 2.438), abs=2e-3)
    assert list(conversion_lift(0, 20, 10, 120).values()) == [0, 0.1, 0, None, None]
    assert list(conversion_lift(6, 20, 6, 120).values()) == [0.3, 0, None, None, None]
    assert list(conversion_lift(0, 0, 6, 120).values()) == [None, 0.05, None, None, None]
    assert list(conversion_lift(6, 120, 6, 120).values()) == [0.05, None, None, None, None]


def test_sql_calls_them_by_name() -> None:
    with duckdb.connect() as connection:
        register_functions(connection)
        measures, rate, lift, second = connection.sql(
            """select score_measures([1, 2], [3, 4], [0, 1], [0.5, 0.5]), conversion_rate(1, 2),
                conversion_lift(6, 20, 16, 120),
                calibrated_scores([1, 2.5], [1, 1], [0, 1], [0, 1], [0, 1])[2]"""
        ).fetchall()[0]
    assert measures == score_measures([1, 2], [3, 4], [0, 1], [0.5, 0.5])
    assert rate == conversion_rate(1, 2) and lift == conversion_lift(6, 20, 16, 120)
    assert second["score"] == Decimal("2.5") and second["probability"] == 1


def test_wilson_at_the_ends() -> None:
    # Without success the upper end is z² / (n + z²) = 3.841459 / 13.841459; ten of ten mirror it.
    assert wilson(0, 10) == pytest.approx((0, 0.277533), abs=1e-6)
    assert wilson(10, 10) == pytest.approx((1 - 0.277533, 1), abs=1e-6)
    assert wilson(0, 0) is None
    bounds = [(wilson(0, trials), wilson(trials, trials)) for trials in range(1, 200)]
    assert {(none[0], every[1]) for none, every in bounds if none and every} == {(0, 1)}


@pytest.mark.parametrize("size", [5, 6, 41, 300, 1501])
@pytest.mark.parametrize("statistic", ["median", "mean"])
def test_the_bootstrap_is_that_of_plain_resampling(size: int, statistic: str) -> None:
    values = np.random.default_rng(size).lognormal(3, 1, size)
    resamples = np.random.default_rng(1).choice(values, (4000, size))
    plain = np.median(resamples, axis=1) if statistic == "median" else resamples.mean(axis=1)
    found = bootstrap(values, statistic, "kpi")  # type: ignore[arg-type]
    assert found is not None
    expected = np.quantile(plain, (0.025, 0.975))
    # Both are Monte Carlo: their ends may differ by a part of what the interval is wide.
    assert found == pytest.approx(expected, abs=0.12 * (expected[1] - expected[0]))


def test_the_same_values_give_the_same_interval_in_any_order() -> None:
    values = np.arange(50.0) ** 2
    found = bootstrap(values, "mean", "kpi")
    assert found == bootstrap(values[::-1], "mean", "kpi")
    assert found != bootstrap(values, "mean", "another")


def test_few_values_have_no_interval_and_equal_ones_no_width() -> None:
    assert bootstrap(np.arange(4.0), "median", "kpi") is None
    assert bootstrap(np.full(5, 7.0), "median", "kpi") == (7, 7)
    assert bootstrap(np.full(5, 7.0), "mean", "kpi") == (7, 7)
