"""`train` and the predictions that SQL makes of it."""

import json
from math import exp
from pathlib import Path

import duckdb
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from scripts.quality.point_tables import read_point_model
from scripts.quality.promote import promote
from scripts.quality.recommend import recommend
from scripts.quality.review import review
from scripts.quality.train import train
from scripts.shared.errors import UserError
from scripts.shared.statistics import compare, conversions_of_lowest, measure
from tests.warehouse import run_dbt

VARIABLES: dict[str, str | bool] = {"outcome_days": "60", "as_of": "2025-06-30"}


def test_sql_predicts_what_was_trained(small: Path) -> None:
    with duckdb.connect(str(small / "leads.duckdb"), read_only=True) as connection:
        before = connection.sql(
            "select distinct prediction, predicted_conversion from marts.lead_score_by_model"
        ).fetchall()
    assert before == [("not available", None)]
    result = train()
    first = result.file.read_bytes()
    assert train().file.read_bytes() == first, "the same past gives the same bytes"
    card = json.loads(first)
    assert "taste = yes" in result.features and result.measures.auc_low > 0.5
    assert not any("product_sold" in feature for feature in result.features)
    run_dbt(small, {}, ["int_predictions", "lead_score_by_model"], VARIABLES)
    with duckdb.connect(str(small / "leads.duckdb"), read_only=True) as connection:
        features = connection.sql(
            """select lead_id, feature, value from intermediate.int_prediction_features
            inner join intermediate.int_prediction_dates using (lead_id, score_date)
            where is_current"""
        ).fetchall()
        predicted = dict(
            connection.sql(
                "select lead_id, predicted_conversion from intermediate.int_predictions"
            ).fetchall()
        )
        shown = connection.sql(
            """select count(*) from marts.lead_score_by_model
            where prediction = 'predicted' and predicted_conversion between 0 and 1"""
        ).fetchall()
    log_odds = {lead_id: card["base_log_odds"] for lead_id in predicted}
    for lead_id, feature, value in features:
        for term in card["terms"] if lead_id in log_odds else ():
            lower, upper = term["lower_bound"], term["upper_bound"]
            if (
                term["feature"] == feature
                and (lower is None or value >= lower)
                and (upper is None or value < upper)
            ):
                log_odds[lead_id] += term["log_odds"]
    assert predicted == pytest.approx(
        {
            lead_id: 1 / (1 + exp(-(card["slope"] * total + card["intercept"])))
            for lead_id, total in log_odds.items()
        },
        abs=1e-9,
    )
    assert len(predicted) > 300 and shown == [(4 * len(predicted),)]
    run_dbt(small, {}, ["int_clock", "int_predictions"], VARIABLES | {"as_of": "2025-06-29"})
    with duckdb.connect(str(small / "leads.duckdb"), read_only=True) as connection:
        earlier = connection.sql("select count(*) from intermediate.int_predictions").fetchall()
    assert earlier == [(0,)], "what was learned on 30 June was not known on 29 June"


def test_too_little_history_is_not_available(small: Path) -> None:
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        connection.execute(
            "update marts.lead_lifecycle set customer_at = null where lead_id > 'l100'"
        )
    with pytest.raises(UserError, match=r"not available: .* it takes 40 of each"):
        train()


def test_a_challenger_is_promoted_by_gates_and_only_when_told(small: Path) -> None:
    seed = small / "seeds" / "score_models.csv"
    before = seed.read_text("utf-8")
    better = promote("knows")
    assert [gate.name for gate in better.gates if not gate.is_passed] == []
    assert better.change.auc > 0 and better.written is None and seed.read_text("utf-8") == before
    seed.write_bytes(seed.read_bytes().replace(b"\n", b"\r\n"))
    assert promote("knows", write=True).written == seed
    after = seed.read_bytes()
    assert b"knows,,champion" in after and b"guesses,,challenger,0" in after
    assert after.count(b"\r\n") == after.count(b"\n"), "lines end as they did"
    with pytest.raises(UserError, match="was built with other rows of score_models; build it"):
        promote("guesses", write=True)
    run_dbt(small, {}, ["score_models", "int_live_models"], VARIABLES)
    with pytest.raises(UserError, match="knows is champion; only a challenger can be promoted"):
        promote("knows")
    worse = promote("cheats")
    assert not worse.is_passed and worse.after.auc == 0.5
    with pytest.raises(UserError, match="cheats is not promoted: "):
        promote("cheats", write=True)
    assert seed.read_bytes() == after


@pytest.mark.slow
def test_the_past_keeps_its_champion(small: Path) -> None:
    seed = small / "seeds" / "score_models.csv"
    rows = seed.read_text("utf-8")
    first, _, later = rows.partition("\nknows,")
    live_from = later.partition("\n")[0].rpartition(",")[0] + ",2025-03-01"
    seed.write_text(f"{first}\nknows,{live_from}\n{later.partition(chr(10))[2]}", "utf-8")
    run_dbt(small, {}, ["score_models", "int_live_models"], VARIABLES)
    promote("knows", write=True)
    run_dbt(small, {}, ["score_models", "int_live_models"], VARIABLES)
    with duckdb.connect(str(small / "leads.duckdb"), read_only=True) as connection:
        champions = connection.sql(
            """select score_model, live_until_date::varchar from intermediate.int_live_models
            where role = 'champion' order by live_from_date"""
        ).fetchall()
    assert champions == [("guesses", "2025-03-01"), ("knows", "9999-12-31")]


def test_leads_of_one_score_at_the_border_count_in_part() -> None:
    converted = np.arange(100) < 20
    for order in (converted, converted[::-1]):
        assert conversions_of_lowest(order, np.zeros(100), 20) == pytest.approx(4)
        assert conversions_of_lowest(order, np.where(order, 0.0, 1.0), 10) == pytest.approx(10)


def test_one_conversion_has_an_auc_and_no_interval() -> None:
    converted, score = np.arange(10) == 7, np.arange(10.0)
    measured = measure(converted, score)
    assert measured.auc == roc_auc_score(converted, score)
    assert np.isnan(measured.auc_low) and np.isnan(measured.auc_high)
    assert np.isnan(compare(converted, score, -score).low)


@pytest.mark.parametrize("table", ["int_evaluation_dates", "int_scored_days"])
def test_without_past_scores_it_says_what_to_build(small: Path, table: str) -> None:
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        connection.execute(f"delete from intermediate.{table}")
    for command in (lambda: promote("knows"), recommend):
        with pytest.raises(UserError, match="no past day was scored: build with the var history"):
            command()


def test_a_rule_that_disqualifies_needs_no_points(small: Path) -> None:
    points = small / "seeds" / "attribute_points.csv"
    rows = points.read_text("utf-8")
    media = next(row for row in rows.splitlines() if row.startswith("learns,media,"))
    changed = media.replace("points,4,yes", "disqualify,,no")
    assert changed != media
    points.write_text(rows.replace(media, changed), "utf-8")
    (rule,) = (rule for rule in read_point_model("learns").rules if rule.rule_id == "media")
    assert (rule.points, rule.is_locked) == (0, True)


def test_points_that_were_not_built_are_not_promoted(small: Path) -> None:
    points = small / "seeds" / "attribute_points.csv"
    points.write_text(points.read_text("utf-8").replace("yes,,,,,,points,10", "yes,,,,,,points,1"))
    with pytest.raises(UserError, match="was built with other rows of attribute_points; build it"):
        promote("knows", write=True)
    points.write_text("score_model;rule_id\n")
    with pytest.raises(UserError, match=r"^the seeds cannot be used:\n"):
        promote("knows", write=True)
    with pytest.raises(UserError, match=r"^the seeds cannot be used:\n"):
        review()


def test_a_model_that_is_not_live_yet_is_not_promoted(small: Path) -> None:
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        connection.execute(
            """update intermediate.int_live_models set live_from_date = '2025-07-01'
            where score_model = 'knows'"""
        )
    with pytest.raises(UserError, match=r"^knows is not live before 2025-07-01, its live_from$"):
        promote("knows", write=True)


def test_a_review_names_what_never_fires_and_what_moved(small: Path) -> None:
    page = review("learns").read_text("utf-8")
    assert page.startswith("# Review of learns, 2025-06-30\n")
    assert "| bank | r |" in page, "a rule that never fired"
    assert "against the one before\n\nNone." in page, "all leads are of one quarter"
    assert "AUC 0." in page and "| shop |" in page, "what recommend would change"
    assert "l001" not in page, "no lead is named"
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        quarters = (
            ("l0", "l1", "2024-12-31"),
            ("l1", "l3", "2025-03-31"),
            ("l3", "m", "2025-06-01"),
        )
        for first, last, day in quarters:
            connection.execute(
                """update intermediate.int_evaluation_dates set created_date = $3::date
                where lead_id >= $1 and lead_id < $2 and scored_day = 7""",
                [first, last, day],
            )
    page = review("learns").read_text("utf-8")
    assert "| score of day 7 | 100 | 200 | 0." in page, "the quarter of the clock is not over"
    with pytest.raises(UserError, match=r"^\.\./\.\./x is no scoring model; it may be cheats, "):
        review("../../x")


def test_a_review_goes_by_what_sales_says_now(small: Path) -> None:
    """One lead was accepted on second thoughts, one rejected twice, one after the clock."""
    verdicts = [
        ("f1", "l001", "2025-02-01", "rejected", "no budget", 1),
        ("f1", "l001", "2025-02-02", "accepted", None, 2),
        ("f2", "l002", "2025-02-01", "rejected", "no budget", 3),
        ("f3", "l002", "2025-02-03", "rejected", "no budget", 4),
        ("f4", "l003", "2025-07-01", "rejected", "no budget", 5),
    ]
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        connection.executemany(
            """insert into raw.lead_feedback
                (feedback_id, lead_id, given_at, verdict, reason, landing_seq)
            values (?, ?, ?, ?, ?, ?)""",
            verdicts,
        )
    run_dbt(small, {}, ["stg_raw__lead_feedback", "lead_verdicts"], VARIABLES)
    page = review("learns").read_text("utf-8")
    assert "| reason | rejected |\n|---|---|\n| no budget | 1 |\n\n" in page
    # Wilson's interval of one of two, and its rep's share is that of all.
    assert "| (none) | 2 | 1 | 0.5 | 0.095 | 0.905 | 0.5 |  |" in page


def test_a_review_names_rules_whose_leads_sales_reject(small: Path) -> None:
    """Sales rejects nine of ten leads for which a rule fired, and none of ninety others."""
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        ((rule, fired), *_) = connection.sql(
            """select rule_id, list(lead_id order by lead_id) from marts.lead_score_factors
            where score_model = 'learns' and points > 0
            group by rule_id having count(*) >= 10 order by count(*), rule_id"""
        ).fetchall()
        others = connection.execute(
            """select lead_id from marts.lead_score_by_model
            where score_model = 'learns' and not list_contains($1, lead_id)
            order by lead_id limit 90""",
            [fired],
        ).fetchall()
        judged = [*fired[:10], *(lead for (lead,) in others)]
        connection.executemany(
            """insert into raw.lead_feedback
                (feedback_id, lead_id, given_at, verdict, reason, rep_id, landing_seq)
            values ($1, $1, '2025-02-01', $2, null, 'r', $3)""",
            [
                (lead, "rejected" if number < 9 else "accepted", number)
                for number, lead in enumerate(judged)
            ],
        )
    run_dbt(small, {}, ["stg_raw__lead_feedback", "lead_verdicts"], VARIABLES)
    page = review("learns").read_text("utf-8")
    assert f"| {rule} | 10 | 9 | 0.9 | 0.596 | 0.982 | 0.09 | more than all |" in page
