"""`recommend`: what it proposes, what it leaves alone, and when it refuses."""

import csv
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from scripts.landing.land import land
from scripts.landing.sample import write_sample
from scripts.quality.evaluation import Leads, evaluated_leads
from scripts.quality.point_tables import PointModel, Rule
from scripts.quality.recommend import Lesson, Recommendation, fit_points, recommend
from scripts.run import RunResult
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.statistics import measure
from scripts.shared.warehouse import reading
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


@pytest.mark.slow
def test_a_proposal_is_built_to_the_scores_it_was_measured_by(small: Path) -> None:
    """The engine, run with the proposal as seeds, gives the AUC that was promised."""
    result = recommend("learns")
    with reading() as connection:
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


@pytest.mark.slow
def test_personas_that_new_points_move_are_told(
    sample: tuple[Warehouse, RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, _ = sample
    for name, value in warehouse.environment.items():
        monkeypatch.setenv(name, value)
    result = recommend()
    assert (result.folder / "golden_leads.csv").is_file() == bool(result.personas)
    assert result.after.auc > result.before.auc
    assert result.after.auc > hidden_area(result) - 0.02
    locked = {"email_disposable", "unsubscribed", "junk_title", "email_competitor"}
    assert all(
        change.points == change.proposed for change in result.changes if change.rule in locked
    )


def two_rules(highest: float = np.inf, points: tuple[float, float] = (1, 1)) -> PointModel:
    """A model of two rules in a group that gives no more than `highest` points."""
    rules = tuple(
        Rule("attribute_points", name, "", "all", given, -np.inf, np.inf, False, False, name)
        for name, given in zip(("tells", "tells not"), points, strict=True)
    )
    return PointModel("m", rules, {"all": (-np.inf, highest, 1)}, -np.inf, np.inf, False)


def lesson(number: int, share: float, seed: int, leaning: float = 2) -> tuple[Leads, csr_matrix]:
    """Leads for which two rules fire at random, of whom `share` convert, more where one did."""
    random = np.random.default_rng(seed)
    fired = random.integers(0, 2, (number, 2)).astype(float)
    log_odds = np.log(share / (1 - share)) + leaning * (fired[:, 0] - 0.5)
    converted = random.random(number) < 1 / (1 + np.exp(-log_odds))
    created = np.datetime64("2025-01-01") + np.arange(number) * 300 // number
    ids = np.array([f"lead {n}" for n in range(number)])
    return Leads(ids, created, converted), csr_matrix(fired)


@pytest.mark.parametrize(("leaning", "is_learned"), [(2, True), (-2, False)])
def test_other_lessons_teach_where_they_agree(leaning: float, is_learned: bool) -> None:
    leads, units = lesson(3000, 0.05, seed=1)
    other, other_units = lesson(20_000, 0.3, seed=2, leaning=leaning)
    known = other.created_date < leads.created_date[leads.first_held_out]
    others = [Lesson(other.created_date[known], other.converted[known], other_units[known])]
    model = two_rules(points=(50, 50))
    alone, _ = fit_points(model, leads, units)
    together, _ = fit_points(model, leads, units, others)
    assert abs(alone[1] / alone[0]) < 0.3
    if is_learned:
        assert abs(together[1] / together[0]) < abs(alone[1] / alone[0])
    else:
        assert together.tolist() == alone.tolist()


def test_points_that_rank_no_better_than_todays_are_not_proposed() -> None:
    """A group that gives a tenth of a point tells its leads apart by no whole number."""
    leads, units = lesson(3000, 0.2, seed=3)
    model = two_rules(highest=0.1, points=(0.1, 0.0))
    points, _ = fit_points(model, leads, units)
    assert points.tolist() == [0.1, 0.0]


def hidden_area(result: Recommendation, sample: Path = PROJECT / "data/sample") -> float:
    """The AUC of the propensity that drives the sample, on the leads held out."""
    with reading() as connection:
        leads = evaluated_leads(connection, result.day, result.outcome)
    truth = dict(
        duckdb.execute(
            "select lead_id, propensity from read_parquet(?)",
            [str(sample / "truth" / "truth.parquet")],
        ).fetchall()
    )
    split = leads.first_held_out
    hidden = np.array([truth[lead_id] for lead_id in leads.lead_id[split:]])
    return measure(leads.converted[split:], hidden).auc


@pytest.mark.slow
def test_it_recovers_the_hidden_propensity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By day 30 what leads did shows the interest that drives them, which no attribute tells."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    write_sample(tmp_path / "data", 20_000)
    land(tmp_path / "data")
    models = ["lead_lifecycle", "int_evaluated_factors", "int_prediction_features", "score_quality"]
    run_dbt(tmp_path, {}, [f"+{model}" for model in models])
    result = recommend("standard", 30, "customer")
    expected = hidden_area(result, tmp_path / "data")
    print(
        f"today {result.before.auc:.4f}, recommended {result.after.auc:.4f}, truth {expected:.4f}"
    )
    assert result.after.auc > expected - 0.02
    assert result.after.auc > result.before.auc
