"""Why a lead has its score, on any day."""

import json
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing.contract import landed_id
from scripts.run import RunResult
from scripts.scoring.build import build
from scripts.scoring.explain import explain, survivor_of
from scripts.seeds.overlay import SEEDS
from scripts.shared.errors import UserError
from scripts.shared.warehouse import connect
from tests.python.conftest import Warehouse


@pytest.fixture
def warehouse(sample: tuple[Warehouse, RunResult], monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    for name, value in sample[0].environment.items():
        monkeypatch.setenv(name, value)
    return sample[0]


def test_reasons_add_up_and_decay_only_takes(warehouse: Warehouse) -> None:
    leads = warehouse.query(
        """select lead_id, score, score_model, band from marts.lead_score
        where score between 20 and 70 order by score desc, lead_id limit 15"""
    )
    for lead_id, score, model, band in leads:
        found = explain(str(lead_id))
        assert (found.score, found.score_model, found.band) == (score, model, band)
        assert sum(reason.points for reason in found.reasons) == score
        assert found.score_without_decay >= found.score
        for reason in found.reasons:
            assert reason.decay or reason.points == reason.points_without_decay


def test_a_past_day_is_explained_as_history_has_it(warehouse: Warehouse) -> None:
    ((lead_id, day, score, band),) = warehouse.query(
        """select h.lead_id, h.valid_from, h.score, h.band
        from marts.lead_score_history as h
        inner join marts.lead_score using (lead_id, score_model)
        where h.valid_from between date '2025-02-01' and date '2025-02-20'
        order by h.score desc, h.lead_id limit 1"""
    )
    assert isinstance(day, date)
    found = explain(str(lead_id), day)
    assert (found.score_date, found.score, found.band) == (day, score, band)
    assert sum(reason.points for reason in found.reasons) == score
    assert all(r.last_event_date is None or r.last_event_date <= day for r in found.reasons)


@pytest.mark.slow
def test_a_past_day_is_explained_by_the_points_and_vars_of_the_build(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeds may have been edited since, and persons not matched as dbt_project.yml says."""
    shutil.copytree(warehouse.folder, tmp_path / "copy")
    alone = Warehouse(tmp_path / "copy")
    for name, value in alone.environment.items():
        monkeypatch.setenv(name, value)
    selected = ("--select", "+lead_score_history", "+lead_score", "--exclude-resource-type", "test")
    build(lambda *_: None, [*selected, "--vars", "match_leads_by_person: false"])
    edited = (SEEDS / "points/event_points.csv").read_text("utf-8")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/event_points.csv").write_text(
        edited.replace("20,60,1,1,none,,,,,no,Started a free trial", "7,60,1,1,none,,,,,no,Trial")
    )
    monkeypatch.setenv("LEADS_SEEDS", str(tmp_path / "seeds"))
    by_points = """exists (
        select 1 from raw.lead_events as e
        where e.lead_id = h.lead_id and e.event_type = 'trial_start'
            and e.occurred_at::date = h.valid_from
    )"""
    merged = warehouse.query(
        """select lead_id, surviving_lead_id from intermediate.int_lead_identities
        where lead_id <> surviving_lead_id"""
    )
    by_person = f"""lead_id in (
        select later.lead_id
        from intermediate.int_lead_accounts as later
        inner join intermediate.int_lead_accounts as first using (account_id)
        where (later.lead_id, first.lead_id) in {tuple(merged)}
    )"""
    for condition in (by_points, by_person):
        ((lead_id, day, score),) = alone.query(
            f"""select lead_id, valid_from, h.score from marts.lead_score_history as h
            inner join marts.lead_score using (lead_id, score_model)
            where valid_from < date '2025-04-01' and score_model = 'standard' and {condition}
            order by h.score desc, lead_id, valid_from limit 1"""
        )
        assert isinstance(day, date)
        found = explain(str(lead_id), day)
        assert (found.lead_id, found.score) == (lead_id, score)


def test_a_warehouse_of_an_older_version_is_told(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(warehouse.file, tmp_path / "leads.duckdb")
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    with connect() as connection:
        connection.execute("alter table state.build drop column vars")
        ((lead_id,),) = connection.sql("select min(lead_id) from marts.lead_score").fetchall()
    with pytest.raises(UserError, match=r"by an older version \(.*vars.*\); build it: make run"):
        explain(lead_id, date(2025, 2, 1))


def test_a_way_up_reaches_the_band_it_says(warehouse: Warehouse) -> None:
    """A trial is worth 20 points once, with no decay: 30 cold points short of nothing else."""
    ((lead_id, engagement, score),) = warehouse.query(
        """select lead_id, engagement_score, score from marts.lead_score as s
        where score_model = 'standard' and band = 'cold' and score between 10 and 20
            and engagement_score between 0 and 20 and not exists (
                select 1 from marts.lead_score_factors as f
                where f.lead_id = s.lead_id and f.rule_id in ('trial_start', 'group_limit')
            )
        order by score desc, lead_id limit 1"""
    )
    assert isinstance(score, Decimal) and isinstance(engagement, Decimal)
    found = explain(str(lead_id))
    assert found.next_band == "warm" and found.points_to_next_band == 25 - score
    trial = [way for way in found.ways_up if way.rule_id == "trial_start"]
    demo = [way for way in found.ways_up if way.rule_id == "demo_request"]
    assert [way.score for way in demo] == [score + 25]
    assert [way.score for way in trial] == [score + 20]
    assert all(way.reaches_next_band and way.events == 1 for way in trial + demo)


def test_an_unknown_lead_is_one_sentence(warehouse: Warehouse) -> None:
    with pytest.raises(UserError, match=r"^no lead 'nobody' was landed$"):
        explain("nobody")


def test_a_day_before_the_lead_came_in_is_one_sentence_at_once(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.scoring.explain.rescoring", None)
    ((lead_id, day),) = warehouse.query(
        """select lead_id, min(created_at)::date from raw.leads
        where created_at > '2025-04-01' group by 1 order by 2, 1 limit 1"""
    )
    words = f"^lead '{lead_id}' came in on {day}, after 2025-03-01$"
    with pytest.raises(UserError, match=words):
        explain(str(lead_id), date(2025, 3, 1))


def test_the_command_prints_a_table_or_json(warehouse: Warehouse) -> None:
    ((lead_id,),) = warehouse.query(
        """select min(lead_id) from marts.lead_score_factors
        inner join marts.lead_score using (lead_id, score_model)
        where 10 * points <> round(10 * points)"""
    )
    shown = CliRunner().invoke(app, ["explain", str(lead_id)])
    assert shown.exit_code == 0 and "without decay" in shown.output
    assert not re.search(r"[+-]\d+\.\d\d", shown.output)
    data = json.loads(CliRunner().invoke(app, ["explain", str(lead_id), "--json"]).stdout)
    assert any(Decimal(r["points"]) * 10 % 1 for r in data["reasons"])
    assert sum(Decimal(r["points"]) for r in data["reasons"]) == Decimal(data["score"])


def test_why_a_lead_is_not_to_be_called_is_said(warehouse: Warehouse) -> None:
    for lead_id, reason in warehouse.query(
        """select min(lead_id), not_callable_reason from marts.lead_score
        where not_callable_reason in ('customer', 'disqualified', 'no consent') group by 2
        union all select lead_id, null from marts.lead_score where score_rank = 1"""
    ):
        shown = CliRunner().invoke(app, ["explain", str(lead_id)]).output
        assert ("not to be called" in shown) == bool(reason)
        assert f"not to be called: {reason}" in shown or not reason


def test_a_past_day_knows_no_later_deal(warehouse: Warehouse) -> None:
    ((lead_id, day),) = warehouse.query(
        """select lead_id, (lead_at + interval 1 day)::date from marts.lead_lifecycle
        inner join marts.lead_score using (lead_id)
        where not_callable_reason = 'customer' and opportunity_at > lead_at + interval 3 day
        order by lead_id limit 1"""
    )
    assert isinstance(day, date)
    assert explain(str(lead_id), day).not_callable_reason != "customer"


def test_what_looks_like_markup_is_text(warehouse: Warehouse) -> None:
    done = CliRunner().invoke(app, ["explain", "[/x]"])
    assert str(done.exception) == "no lead '[/x]' was landed"


def test_a_day_must_be_a_day(warehouse: Warehouse) -> None:
    done = CliRunner().invoke(app, ["explain", "a", "--as-of", "1.2.2025"])
    assert str(done.exception) == "--as-of 1.2.2025 is no day; write it as 2025-03-31"


@pytest.mark.parametrize("name", ["A@b.example", landed_id("A@b.example")])
def test_a_lead_whose_id_was_an_email_address_may_be_named_by_it(name: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            """create schema intermediate;
            create table intermediate.int_lead_identities as
            select unnest([$1, 'other']) as lead_id, unnest([$1, 'other']) as surviving_lead_id""",
            [landed_id("A@b.example")],
        )
        assert survivor_of(connection, name) == landed_id("A@b.example")
