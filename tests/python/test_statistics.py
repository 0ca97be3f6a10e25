"""Intervals against figures worked out by hand and against plain resampling."""

import numpy as np
import pytest

from scripts.statistics import bootstrap, wilson


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
