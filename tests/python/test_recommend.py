"""`recommend`: what it proposes, what it leaves alone, and when it refuses."""

import csv
from pathlib import Path

import duckdb
import numpy as np
import pytest

from scripts.errors import UserError
from scripts.evaluation import evaluated_leads, measure, open_warehouse
from scripts.land import land
from scripts.recommend import recommend
from scripts.run import RunResult
from scripts.sample import write_sample
from tests.python.conftest import Warehouse
from tests.warehouse import run_dbt


def rows_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    return {
        file.stem: list(csv.DictReader(file.open(encoding="utf-8", newline="")))
        for file in folder.glob("*.csv")
    }


def test_it_learns_what_leans_towards_the_outcome_and_leaves_the_rest(small: Path) -> None:
    result = recommend("learns")
    rules = {change.rule: change for change in result.changes}
    taste, shop = rules["taste"], rules["shop"]
    assert taste.points < shop.points and taste.proposed > abs(shop.proposed)
    kept = {name: rule.note for name, rule in rules.items() if rule.points == rule.proposed}
    assert kept["media"] == "locked" and kept["bank"] == "never fired"
    assert kept["deal"].startswith("refused: nearly all leads with it converted")
    assert result.change.auc > 0 and result.after.auc > result.before.auc
    assert result.trained_on[1] <= result.held_out[0]
    assert result.before.leads == 120


def test_a_proposal_is_built_to_the_scores_it_was_measured_by(small: Path) -> None:
    """The engine, run with the proposal as seeds, gives the AUC that was promised."""
    result = recommend("learns")
    with open_warehouse() as connection:
        leads = evaluated_leads(connection, 7, "opportunity")
    variables: dict[str, str | bool] = {"outcome_days": "60", "as_of": "2025-06-30"}
    run_dbt(small, rows_of(result.folder), ["+int_evaluation_scores"], variables)
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        scores = dict(
            connection.sql(
                """select lead_id, score::double from intermediate.int_evaluation_scores
                where (score_model, scored_day, outcome) = ('learns', 7, 'opportunity')"""
            ).fetchall()
        )
    split = leads.first_held_out
    built = np.array([scores[lead_id] for lead_id in leads.lead_id[split:]])
    assert measure(leads.converted[split:], built).auc == result.after.auc


def test_the_same_history_gives_the_same_proposal_and_the_seeds_stay(small: Path) -> None:
    before = {file: file.read_bytes() for file in (small / "seeds").iterdir()}
    folder = recommend("learns").folder
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {file.name: file.read_bytes() for file in recommend("learns").folder.iterdir()} == first
    assert {file: file.read_bytes() for file in (small / "seeds").iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("learns", 30, "opportunity"),
            "0 became opportunity and 399 did not; it takes 40 of each",
        ),
        (("learns", 3, "opportunity"), "no lead is scored on day 3; it may be 0, 1, 7, 30"),
        (("learns", 7, "wealthy"), "wealthy is no outcome; it may be opportunity or customer"),
        (("nobody", 7, "customer"), "nobody is no scoring model; it may be cheats, guesses"),
    ],
)
def test_it_refuses_what_it_cannot_do(
    small: Path, arguments: tuple[str, int, str], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        recommend(*arguments)


def test_it_refuses_seeds_that_the_warehouse_was_not_built_with(small: Path) -> None:
    file = small / "seeds" / "attribute_points.csv"
    edited = file.read_text("utf-8").replace("Retail,,,,,,points,9", "Retail,,,,,,points,8")
    file.write_text(edited, "utf-8")
    with pytest.raises(UserError, match="not those that the warehouse was built with"):
        recommend("learns")


def test_personas_that_new_points_move_are_told(
    sample: tuple[Warehouse, RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, _ = sample
    for name, value in warehouse.environment.items():
        monkeypatch.setenv(name, value)
    result = recommend("standard", 7, "customer")
    assert (result.folder / "golden_leads.csv").is_file() == bool(result.personas)
    assert result.after.auc > result.before.auc
    locked = {"email_disposable", "unsubscribed", "junk_title", "email_competitor"}
    assert all(
        change.points == change.proposed for change in result.changes if change.rule in locked
    )


@pytest.mark.slow
def test_it_recovers_the_hidden_propensity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By day 30 what leads did shows the interest that drives them, which no attribute tells."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    write_sample(tmp_path / "data", 20_000)
    land(tmp_path / "data")
    run_dbt(tmp_path, {}, ["+int_evaluation_scores", "+int_evaluated_factors"])
    result = recommend("standard", 30, "customer")
    with open_warehouse() as connection:
        leads = evaluated_leads(connection, 30, "customer")
    truth = dict(
        duckdb.execute(
            "select lead_id, propensity from read_parquet(?)",
            [str(tmp_path / "data" / "truth" / "truth.parquet")],
        ).fetchall()
    )
    split = leads.first_held_out
    hidden = np.array([truth[lead_id] for lead_id in leads.lead_id[split:]])
    expected = measure(leads.converted[split:], hidden)
    print(f"today {result.before.auc:.4f}, recommended {result.after.auc:.4f}, truth {expected}")
    assert result.after.auc > expected.auc - 0.02
    assert result.after.auc > result.before.auc
