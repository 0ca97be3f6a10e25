"""Whether ranking pays: the intervals of experiment_results, in worlds whose truth is known."""

import hashlib
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from scripts.run import RunResult
from scripts.shared.statistics import conversion_difference, margin_difference
from tests.models import Models
from tests.python.conftest import Warehouse

# The last one is not decided yet.
WORLDS, LEADS = 1001, 600
SHARE = 0.3
# By arm: how likely a lead converts, and the mean of what one that does pays.
RATES = {"ranked": 0.16, "held_out": 0.11}
PAID = {"ranked": 900.0, "held_out": 800.0}
GROSS_MARGIN = 0.8


def arm(world: str, lead: str) -> str:
    """Of the first seven hex digits of an MD5, as a number of 10,000."""
    bucket = int(hashlib.md5(f"{world} {lead}".encode()).hexdigest()[:7], 16) % 10000
    return "held_out" if bucket < 10000 * SHARE else "ranked"


def worlds() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Experiments, one a day; leads that come in on their day; what they pay."""
    random = np.random.default_rng(20250630)
    days = pd.date_range("2020-01-01", periods=WORLDS)
    experiments = pd.DataFrame(
        {
            "experiment_id": [f"w{number}" for number in range(WORLDS)],
            "starts_on": days,
            "ends_on": days,
            "held_out_share": SHARE,
            "entry_stage": "mql",
            "outcome": "customer",
            "horizon_days": 30,
        }
    )
    world = np.repeat(np.arange(WORLDS), LEADS)
    ids = [f"l{number}" for number in range(WORLDS * LEADS)]
    arms = np.array([arm(f"w{w}", lead) for w, lead in zip(world, ids, strict=True)])
    is_ranked = arms == "ranked"
    rate = np.where(is_ranked, RATES["ranked"], RATES["held_out"])
    wins = random.random(len(ids)) < rate
    # Who converts late converts after the horizon, or before the entry: neither counts.
    entered = days.to_numpy()[world] + np.timedelta64(12, "h")
    won_at = np.where(wins, entered + np.timedelta64(20, "D"), np.datetime64("NaT"))
    late = ~wins & (random.random(len(ids)) < 0.1)
    won_at = np.where(late, entered + np.timedelta64(31, "D"), won_at)
    leads = pd.DataFrame(
        {"lead_id": ids, "lead_at": entered, "mql_at": entered, "customer_at": won_at}
    )
    mean = np.where(is_ranked, PAID["ranked"], PAID["held_out"])
    paid = pd.DataFrame(
        {
            "lead_id": ids,
            "earned_at": won_at,
            "amount": np.round(mean * random.gamma(4, 0.25, len(ids)), 2),
        }
    )[wins | late]
    return experiments, leads, paid


def test_intervals_cover_the_truth_in_a_thousand_worlds(
    sample: tuple[Warehouse, RunResult], tmp_path: Path
) -> None:
    experiments, leads, paid = worlds()
    with Models(tmp_path, sample[0].folder / "target") as models:
        models.table(
            "seeds.experiments", experiments,
            experiment_id="varchar", starts_on="date", ends_on="date",
            held_out_share="decimal(9,4)", entry_stage="varchar", outcome="varchar",
            horizon_days="integer",
        )  # fmt: skip
        models.table(
            "intermediate.int_lifecycles",
            leads.assign(iql_at=None, sql_at=None, opportunity_at=None),
            lead_id="varchar", lead_at="timestamp", iql_at="timestamp", mql_at="timestamp",
            sql_at="timestamp", opportunity_at="timestamp", customer_at="timestamp",
        )  # fmt: skip
        models.table(
            "intermediate.int_revenue", paid,
            lead_id="varchar", earned_at="timestamp", amount="decimal(18,4)",
        )  # fmt: skip
        last = [{"clock_date": "2025-06-30"}]
        models.table("intermediate.int_clock", last, clock_date="date")
        models.table("intermediate.int_data_end", [{"last_date": "2022-10-25"}], last_date="date")
        models.run("intermediate/sales/int_experiment_leads")
        models.run("marts/sales/experiment_results")
        results = models.connection.sql("from marts.experiment_results").df()
    decided = results[results["verdict"] != "too early"]
    # The leads of w999 came in on 26 September 2022: their 30 days end with 25 October.
    assert set(results["experiment_id"]) - set(decided["experiment_id"]) == {"w1000"}
    assert len(decided) == 1000
    truths = {
        "conversion": RATES["ranked"] - RATES["held_out"],
        "margin": GROSS_MARGIN * sum(
            sign * RATES[of] * PAID[of] for of, sign in (("ranked", 1), ("held_out", -1))
        ),
    }  # fmt: skip
    for what, truth in truths.items():
        low, high = decided[f"{what}_difference_low"], decided[f"{what}_difference_high"]
        covered = ((low <= truth) & (truth <= high)).mean()
        assert 0.93 <= covered <= 0.97, (what, covered)
    # Among as many leads the true difference is found about as often as power says.
    found = (decided["verdict"] == "ranking gains").mean()
    detectable = decided["detectable_difference"].mean()
    power = 0.5 * math.erfc((1.96 - 2.8016 * truths["conversion"] / detectable) / math.sqrt(2))
    assert abs(found - power) < 0.06


def test_newcombe_as_published() -> None:
    """Newcombe 1998, table II, method 10: 56 of 70 against 48 of 80."""
    found = conversion_difference(56, 70, 48, 80)
    assert found["conversion_difference"] == pytest.approx(0.2)
    assert found["conversion_difference_low"] == pytest.approx(0.0524, abs=5e-5)
    assert found["conversion_difference_high"] == pytest.approx(0.3339, abs=5e-5)


def test_what_so_many_leads_can_show() -> None:
    """(1.95996 + 0.84162) × √(0.1 × 0.9 × 2 ÷ 1000) = 2.80158 × 0.0134164."""
    found = conversion_difference(110, 1000, 90, 1000)
    assert found["detectable_difference"] == pytest.approx(0.0375871, abs=1e-6)
    assert conversion_difference(0, 10, 0, 10)["detectable_difference"] is None
    assert {*conversion_difference(0, 0, 1, 10).values()} == {None}


def test_welch_is_that_of_scipy() -> None:
    random = np.random.default_rng(1)
    one, other = (np.round(random.gamma(2, 10, n), 2) for n in (40, 25))

    def sums(values: np.ndarray) -> tuple[float, float, int]:
        return float(values.sum()), float((values**2).sum()), len(values)

    found = margin_difference(*sums(one), *sums(other))  # type: ignore[arg-type]
    expected = ttest_ind(one, other, equal_var=False).confidence_interval()
    assert found["margin_difference"] == pytest.approx(one.mean() - other.mean())
    assert found["margin_difference_low"] == pytest.approx(expected.low)
    assert found["margin_difference_high"] == pytest.approx(expected.high)
    alone = margin_difference(1, 1, 1, 5, 9, 3)  # type: ignore[arg-type]
    assert alone["margin_difference_low"] is None
