"""Points recommended on the real data, beside the ground truth's logistic regression.

From points of 0 for every value: what the analyst of a new warehouse has.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from scripts.landing.land import land
from scripts.quality.recommend import Recommendation, recommend
from scripts.scoring.build import build
from scripts.seeds.overlay import SEEDS
from tests import real_data
from tests.warehouse import Rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not real_data.data_folder().is_dir(),
        reason=f"no real data in {real_data.data_folder()}: name the folder in LEAD_DATA_DIR",
    ),
]

MODEL: dict[str, Rows] = {
    "score_models": [
        {"score_model": "blank", "role": "champion", "min_score": -1000, "max_score": 1000}
    ],
    "score_groups": [{"score_model": "blank", "score_group": "all", "kind": "fit"}],
    "score_bands": [
        {"score_model": "blank", "band": band, "band_order": order, "lower_bound": lower}
        for order, band, lower in ((1, "cold", ""), (2, "hot", 10), (3, "sales_ready", 20))
    ],
    **{
        name: []
        for name in (
            "attribute_points", "event_points", "inactivity_points", "grade_bounds",
            "grade_matrix", "golden_leads",
        )
    },
}  # fmt: skip


@contextmanager
def warehouse(
    name: str, folder: Path, seeds: Mapping[str, Rows], outcome_days: int
) -> Iterator[None]:
    """A warehouse of the data set, scored by these seeds, in the environment."""
    getattr(real_data, f"write_{name}")(folder / "data")
    (folder / "seeds").mkdir()
    for seed, rows in {**MODEL, **seeds}.items():
        columns = next(SEEDS.rglob(f"{seed}.csv")).read_text("utf-8").splitlines()[0].split(",")
        with (folder / "seeds" / f"{seed}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        patch.setenv("LEADS_TEMP", str(folder / "tmp"))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        patch.setenv("LEADS_SEEDS", str(folder / "seeds"))
        land(folder / "data")
        models = [
            "+score_quality",
            "+int_evaluated_factors",
            "+int_prediction_features",
            "+lead_lifecycle",
        ]
        selected = ["--select", *models, "--resource-type", "seed"]
        variables = ["--vars", json.dumps({"outcome_days": outcome_days})]
        build(lambda *_: None, [*selected, "--resource-type", "model", *variables])
        yield


def rule(rule_id: str, **cells: object) -> dict[str, object]:
    return {"score_model": "blank", "score_group": "all", "rule_id": rule_id, "points": 0,
            "locked": "no", "reason": rule_id, **cells}  # fmt: skip


def rules_for_values(source: Path, column: str, attribute: str, least: int) -> Rows:
    """A rule for each value that enough leads have."""
    values = duckdb.execute(
        f"select {column} from read_csv(?) where {column} is not null group by 1 "
        "having count(*) >= ? order by 1",
        [str(source), least],
    ).fetchall()
    return [
        rule(f"{attribute}_{n}", attribute=attribute, operator="equals", value=value,
             effect="points")
        for n, (value,) in enumerate(values)
    ]  # fmt: skip


def told(result: Recommendation, truth: float) -> str:
    after = result.after
    return (
        f"day {result.day}: AUC {after.auc:.3f} ({after.auc_low:.3f} to {after.auc_high:.3f}), "
        f"lift {after.lift:.2f} ({after.lift_low:.2f} to {after.lift_high:.2f}) "
        f"on {after.leads:,} leads, {after.conversions:,} won; ground truth {truth}"
    )


def test_olist_from_origin_and_landing_page(tmp_path: Path) -> None:
    contacts = real_data.data_folder() / "olist" / "olist_marketing_qualified_leads_dataset.csv"
    rules = [
        *rules_for_values(contacts, "origin", "lead_source", 1),
        *rules_for_values(contacts, "landing_page_id", "landing_page_id", 20),
    ]
    with warehouse("olist", tmp_path, {"attribute_points": rules}, 90):
        result = recommend(day=0, outcome="customer")
    print(told(result, 0.699))
    assert result.after.auc_high >= 0.699 and result.after.auc_low > 0.5
    assert result.after.lift_high >= 2.33


def test_bpi2012_from_events_and_amount(tmp_path: Path) -> None:
    """Cases that were decided by the day are left out, as the ground truth has it."""
    with duckdb.connect() as connection:
        activities = [
            activity
            for (activity,) in connection.execute(
                "select distinct activity from read_parquet(?) where lifecycle = 'COMPLETE' "
                "order by 1",
                [str(real_data.data_folder() / "bpi2012" / "events.parquet")],
            ).fetchall()
        ]
    bounds = (2000, 5000, 7500, 10000, 15000, 20000, 30000)
    decided = ("A_DECLINED", "A_CANCELLED")
    seeds: dict[str, Rows] = {
        "event_keys": [
            {"event_key": activity.lower(), "event_type": activity, "is_engagement": "yes"}
            for activity in activities
        ],
        "event_measures": [],
        "segments": [],
        "kpi_events": [],
        "event_points": [
            rule(f"{activity.lower()}_{n}", event_key=activity.lower(), decay="none", max_events=n)
            for activity in activities
            for n in (1, 5)
        ],
        "attribute_points": [
            rule(f"amount_{n}", attribute="budget", operator="at_least", lower=bound,
                 effect="points")
            for n, bound in enumerate(bounds)
        ],
        "lifecycle_stages": [
            {"stage": "customer", "source": "opportunity", "value": "won", "priority": 1},
            {"stage": "opportunity", "source": "opportunity", "value": "opened", "priority": 1},
            *({"stage": "lost", "source": "event_key", "value": key.lower(), "priority": 1}
              for key in decided),
        ],
    }  # fmt: skip
    with warehouse("bpi2012", tmp_path, seeds, 30):
        for day, truth in ((0, 0.702), (1, 0.663), (7, 0.705)):
            result = recommend(day=day, outcome="customer")
            print(told(result, truth))
            assert result.after.auc_high >= truth
