"""The measures of a score against scikit-learn and a bootstrap, and what no score may know."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from scripts.run import RunResult
from tests.python.conftest import Warehouse

Values = npt.NDArray[Any]

EVALUATED = """
select is_converted, score::double as score, is_first_half
from intermediate.int_evaluation_scores
where (score_model, scored_day, outcome) = ($model, $day, $outcome)
    and case $slice
        when 'month' then created_month::varchar
        when 'channel' then channel
        when 'region' then region
        else '(all)'
    end = $value
order by lead_id
"""


def evaluated(
    connection: duckdb.DuckDBPyConnection, model: str, day: int, outcome: str,
    part: str = "overall", value: str = "(all)",
) -> tuple[Values, Values, Values]:  # fmt: skip
    """Outcome, score and half of each lead that counts."""
    rows = connection.execute(
        EVALUATED,
        {"model": model, "day": day, "outcome": outcome, "slice": part, "value": value},
    ).fetchnumpy()
    converted, score, half = (np.asarray(column) for column in rows.values())
    return converted.astype(bool), score, half.astype(bool)


@pytest.fixture(scope="module")
def warehouse(sample: tuple[Warehouse, RunResult]) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(sample[0].file), read_only=True)


def test_ranks_are_those_of_scikit_learn(warehouse: duckdb.DuckDBPyConnection) -> None:
    measured = warehouse.sql(
        """select score_model, scored_day, outcome, slice, slice_value, leads, conversions, auc,
            average_precision, auc_low, auc_high
        from marts.score_quality order by all"""
    ).fetchall()
    assert len(measured) > 200
    for model, day, outcome, part, value, leads, conversions, auc, precision, low, high in measured:
        converted, score, _ = evaluated(warehouse, model, day, outcome, part, value)
        assert (leads, conversions) == (len(converted), converted.sum())
        if 0 < conversions < leads:
            assert auc == pytest.approx(roc_auc_score(converted, score), abs=1e-9)
            expected = average_precision_score(converted, score)
            assert precision == pytest.approx(expected, abs=1e-9)
        else:
            assert auc is None
        if 1 < conversions < leads - 1:
            assert 0 <= low <= auc <= high <= 1
        else:
            assert low is None and high is None


def test_the_brier_score_is_that_of_the_other_half(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Isotonic regression on the same bins by scikit-learn, each half predicted by the other."""
    key = "('standard', 7, 'opportunity')"
    (brier,) = warehouse.sql(
        f"""select brier_score from marts.score_quality
        where (score_model, scored_day, outcome) = {key} and slice = 'overall'"""
    ).fetchall()[0]
    lower = warehouse.sql(
        f"""select min(score)::double as lower_score from intermediate.int_evaluation_scores
        where (score_model, scored_day, outcome) = {key} group by bin order by bin"""
    ).fetchnumpy()["lower_score"]
    converted, score, half = evaluated(warehouse, "standard", 7, "opportunity")
    bins = np.searchsorted(lower, score, side="right") - 1
    predicted = np.empty(len(score))
    for part in (True, False):
        isotonic = IsotonicRegression(out_of_bounds="clip").fit(
            bins[half == part], converted[half == part]
        )
        predicted[half != part] = isotonic.predict(bins[half != part])
    assert brier == pytest.approx(brier_score_loss(converted, predicted), abs=1e-9)
    assert brier < converted.mean() * (1 - converted.mean())


def test_the_interval_agrees_with_a_bootstrap(warehouse: duckdb.DuckDBPyConnection) -> None:
    converted, score, _ = evaluated(warehouse, "standard", 7, "opportunity")
    low, high = warehouse.sql(
        """select auc_low, auc_high from marts.score_quality
        where (score_model, scored_day, outcome) = ('standard', 7, 'opportunity')
            and slice = 'overall'"""
    ).fetchall()[0]
    generator = np.random.default_rng(7)
    drawn = generator.integers(0, len(score), (1000, len(score)))
    areas = [roc_auc_score(converted[rows], score[rows]) for rows in drawn]
    expected_low, expected_high = np.quantile(areas, [0.025, 0.975])
    assert low == pytest.approx(expected_low, abs=0.1 * (high - low))
    assert high == pytest.approx(expected_high, abs=0.1 * (high - low))


def test_curves_and_rules_add_up(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The lowest cut-off hands over all leads; bands and tenths hold each lead once."""
    ((wrong,),) = warehouse.sql(
        """with parts as (
            select score_model, scored_day, outcome, part, sum(leads) as leads,
                sum(conversions) as conversions
            from marts.score_calibration group by all
        ), curves as (
            select score_model, scored_day, outcome, max(leads) as leads,
                max(conversions) as conversions, count(*) filter (is_best_cutoff) as best
            from marts.threshold_curve where region = '(all)' group by all
        )
        select count(*) from marts.score_quality as quality
        inner join parts using (score_model, scored_day, outcome)
        inner join curves using (score_model, scored_day, outcome)
        where slice = 'overall' and (
            (quality.leads, quality.conversions) <> (parts.leads, parts.conversions)
            or (quality.leads, quality.conversions) <> (curves.leads, curves.conversions)
            or curves.best <> (outcome = 'customer')::int
        )"""
    ).fetchall()
    assert wrong == 0
    marked = warehouse.sql(
        """select cutoff, precision_rate, leads_per_week <= calls_per_week,
            (select max(leads_per_week) from marts.threshold_curve as above
            where above.cutoff < curve.cutoff and region = '(all)' and scored_day = 7
                and (score_model, outcome) = ('standard', 'customer')) > calls_per_week
        from marts.threshold_curve as curve
        where (score_model, scored_day, outcome, region) = ('standard', 7, 'customer', '(all)')
            and (is_todays_cutoff or is_calls_cutoff) order by is_todays_cutoff"""
    ).fetchall()
    assert [row[0] for row in marked][1] == 50 and marked[0][2:] == (True, True)
    ((with_, without, points),) = warehouse.sql(
        """select conversion_with, conversion_without, points from marts.rule_effectiveness
        where (score_model, scored_day, outcome, rule_id)
            = ('standard', 7, 'opportunity', 'seniority_student')"""
    ).fetchall()
    assert with_ < without and points == -15


def test_no_score_knows_what_came_after(history: Path) -> None:
    with duckdb.connect(str(history / "leads.duckdb"), read_only=True) as warehouse:
        measured = {
            (model, day): (leads, auc, low, high)
            for model, day, leads, auc, low, high in warehouse.sql(
                """select score_model, scored_day, leads, auc, auc_low, auc_high
                from marts.score_quality where slice = 'overall' and outcome = 'opportunity'"""
            ).fetchall()
        }
        fired = warehouse.sql(
            """select distinct score_model, rule_id from marts.rule_effectiveness
            where outcome = 'opportunity' and leads_with > 0 and score_model <> 'learns'
            order by all"""
        ).fetchall()
    assert {day for _, day in measured} == {0, 1, 7, 30}
    for day in (0, 1, 7):
        leads, _, low, high = measured["guesses", day]
        assert leads == 600 and low < 0.5 < high, "outcomes that nothing tells have no AUC"
        assert measured["cheats", day][1] == 0.5, "what is known only afterwards has no effect"
        assert measured["knows", day][2] > 0.5, "what leans towards the outcome is found"
    assert measured["cheats", 30][0] < 450, "who converted before the day 30 is left out"
    assert fired == [
        ("guesses", "media"),
        ("guesses", "shop"),
        ("guesses", "visit"),
        ("knows", "taste"),
    ]
