"""Why a lead has its score, on any day."""

import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing.contract import landed_id
from scripts.run import RunResult
from scripts.scoring.build import build
from scripts.scoring.explain import (
    RESULTS,
    Explanation,
    explain,
    explain_beside,
    render,
    survivor_of,
)
from scripts.scoring.one_lead import score_known
from scripts.scoring.rescore import LIVE, rescoring
from scripts.seeds.overlay import SEEDS, have_same_rows
from scripts.shared.errors import UserError
from scripts.shared.interface import HISTORY_DUE
from scripts.shared.paths import PROJECT
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
        where score between 20 and 70 order by score desc, lead_id limit 4"""
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


def test_words_stand_for_what_they_do_for_all_leads(warehouse: Warehouse) -> None:
    """A channel that no row names is the first of its spellings, whoever has which."""
    ((lead_id, day),) = warehouse.query(
        "select min(lead_id), any_value(score_date) from marts.lead_score"
    )
    assert isinstance(day, date)
    with rescoring() as scratch:
        score_known(scratch, str(lead_id), day - timedelta(1), (), RESULTS)
        for words in ("intermediate.int_words", "intermediate.int_job_titles"):
            assert have_same_rows(scratch.connection, words, f"{LIVE}.{words}")


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


def shown(explanation: Explanation) -> str:
    """What the terminal shows, on one line."""
    console = Console(width=200)
    with console.capture() as captured:
        console.print(render(explanation))
    return " ".join(captured.get().split())


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """Seeds in which a director has 20 points for 12, and the documentation counts as prices."""
    for file, before, after in (
        ("points/attribute_points.csv", "director,,,,,,points,12", "director,,,,,,points,20"),
        ("mapping/event_keys.csv", "*/pricing,", "*/docs,"),
    ):
        text = (SEEDS / file).read_text("utf-8")
        assert before in text
        (tmp_path / "edited").mkdir(exist_ok=True)
        (tmp_path / "edited" / Path(file).name).write_text(text.replace(before, after), "utf-8")
    return tmp_path / "edited"


def test_other_seeds_give_the_points_that_they_say(warehouse: Warehouse, tmp_path: Path) -> None:
    text = (SEEDS / "points/attribute_points.csv").read_text("utf-8")
    more = text.replace("director,,,,,,points,12", "director,,,,,,points,20")
    (tmp_path / "attribute_points.csv").write_text(more, "utf-8")
    ((lead_id, score, day),) = warehouse.query(
        """select s.lead_id, s.score, s.score_date from marts.lead_score as s
        inner join marts.lead_score_factors as f using (lead_id, score_model)
        where f.rule_id = 'seniority_director' and s.score between 5 and 70
            and s.lead_id not in (
                select lead_id from marts.lead_score_factors
                where rule_id in ('group_limit', 'score_scale')
            )
        order by s.lead_id limit 1"""
    )
    assert isinstance(score, Decimal) and isinstance(day, date)
    both = explain_beside(str(lead_id), tmp_path)
    assert (both.now.score, both.then.score) == (score, score + 8)
    yesterday = day - timedelta(1)
    past = explain_beside(str(lead_id), tmp_path, yesterday)
    assert past.then.score_date == yesterday
    assert past.then.score == past.now.score + 8


@pytest.mark.slow
def test_other_seeds_explain_a_lead_as_they_score_all_leads(
    warehouse: Warehouse, edited: Path
) -> None:
    with rescoring() as scratch:
        changed = scratch.lay_seeds(edited)
        assert changed == ("event_keys", "attribute_points")
        nothing = f"from {LIVE}.{HISTORY_DUE} limit 0"
        scratch.run({"int_history_due": nothing}, changed, (), RESULTS)
        rows = scratch.connection.sql(
            """select s.lead_id, s.score_model, s.score, s.band, s.not_callable_reason,
                list((f.rule_id, f.points) order by f.rule_id, f.score_group)
            from marts.lead_score as s
            left join marts.lead_score_factors as f using (lead_id, score_model)
            group by all order by s.lead_id"""
        ).fetchall()
    was = set(warehouse.query("select lead_id, score from marts.lead_score"))
    moved = [row for row in rows if (row[0], row[2]) not in was]
    draw = random.Random(27)
    for lead_id, model, score, band, why, reasons in draw.sample(moved, 8) + draw.sample(rows, 4):
        found = explain(lead_id, seeds=edited)
        assert (found.score_model, found.score, found.band) == (model, score, band)
        assert found.not_callable_reason == why
        listed = sorted((reason.rule_id, reason.points) for reason in found.reasons)
        assert listed == sorted(map(tuple, filter(None, reasons)))


def test_faulty_seeds_are_refused_before_anything_is_scored(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / "score_bands.csv").write_text("band\n", "utf-8")
    with pytest.raises(UserError, match="score_bands"):
        explain("l00000005", seeds=tmp_path)
    with pytest.raises(UserError, match="is no folder of seeds"):
        explain("l00000005", seeds=tmp_path / "none")


def test_a_model_that_does_not_count_for_the_lead_can_be_asked_for(warehouse: Warehouse) -> None:
    ((lead_id, model, score),) = warehouse.query(
        """select lead_id, score_model, m.score from marts.lead_score_by_model as m
        anti join marts.lead_score as s using (lead_id, score_model)
        order by lead_id, score_model limit 1"""
    )
    found = explain(str(lead_id), score_model=str(model))
    assert (found.score_model, found.score) == (model, score)
    with pytest.raises(UserError, match=r"^no scoring model 'x' is live; there is .*standard"):
        explain(str(lead_id), score_model="x")


def test_a_day_beyond_the_data_is_told(warehouse: Warehouse) -> None:
    ((lead_id, end),) = warehouse.query(
        """select min(lead_id), any_value(last_date)
        from marts.lead_score, intermediate.int_data_end
        where score_date = last_date"""
    )
    assert isinstance(end, date)
    words = f"is beyond the end of the data, {end}"
    assert words in shown(explain(str(lead_id), end + timedelta(30)))
    assert explain(str(lead_id), end - timedelta(1)).notes == ()
    assert explain(str(lead_id), end).notes == ()


def test_a_deleted_lead_is_told_with_its_last_day_and_no_way_up(warehouse: Warehouse) -> None:
    ((lead_id, last, clock),) = warehouse.query(
        """select min_by(lead_id, lead_id), min_by(score_date, lead_id), any_value(clock_date)
        from marts.lead_score, intermediate.int_clock where score_date < clock_date"""
    )
    assert isinstance(last, date) and isinstance(clock, date)
    for day in (None, clock, last + timedelta(1)):
        found = explain(str(lead_id), day)
        assert found.notes == (f"deleted since: {last} is its last day",)
        assert (found.next_band, found.ways_up) == (None, ())
    assert explain(str(lead_id), last).notes == ()


def test_who_objected_has_no_score_on_any_day(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(warehouse.file, tmp_path / "leads.duckdb")
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    with connect() as connection:
        connection.execute(
            """update intermediate.int_lead_profiles set has_objected = true
            where is_current and lead_id = 'l00000005'"""
        )
    for day in (None, date(2025, 6, 1)):
        with pytest.raises(UserError, match=r"^lead 'l00000005' objected to being scored: it has"):
            explain("l00000005", day)


def test_the_end_says_so_where_nothing_would_raise_the_score(warehouse: Warehouse) -> None:
    ((lead_id,),) = warehouse.query("select min(lead_id) from marts.lead_score where band = 'warm'")
    found = explain(str(lead_id))
    assert "what a single change on that day would do: " in shown(found)
    words = r"points? to the band hot; no single change would raise the score$"
    assert re.search(words, shown(replace(found, ways_up=())))
    ((highest,),) = warehouse.query(
        "select min(lead_id) from marts.lead_score where band = 'sales_ready' and is_callable"
    )
    assert "points to the band" not in shown(explain(str(highest)))


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
    done = CliRunner().invoke(app, ["explain", str(lead_id)])
    assert done.exit_code == 0 and "without decay" in done.output
    assert not re.search(r"[+-]\d+\.\d\d", done.output)
    data = json.loads(CliRunner().invoke(app, ["explain", str(lead_id), "--json"]).stdout)
    assert any(Decimal(r["points"]) * 10 % 1 for r in data["reasons"])
    assert sum(Decimal(r["points"]) for r in data["reasons"]) == Decimal(data["score"])


def test_a_past_day_is_explained_without_loading_what_takes_long(warehouse: Warehouse) -> None:
    ((lead_id, day),) = warehouse.query(
        """select lead_id, valid_from from marts.lead_score_history
        inner join marts.lead_score using (lead_id, score_model)
        where valid_from < score_date order by all limit 1"""
    )
    asked = ["explain", str(lead_id), "--as-of", str(day), "--json"]
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scripts", *asked],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["score_date"] == str(day)
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "duckdb" in loaded and not loaded & {"pandas._libs", "pyarrow", "dbt"}


def test_the_command_shows_points_now_and_then(warehouse: Warehouse, edited: Path) -> None:
    ((lead_id,),) = warehouse.query(
        """select min(lead_id) from marts.lead_score inner join marts.lead_score_factors
        using (lead_id, score_model) where rule_id = 'seniority_director'"""
    )
    asked = ["explain", str(lead_id), "--seeds", str(edited)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0
    assert re.search(r"Heads a department +│ +\+12 │ +\+20 │ +\+8 │", done.output)
    data = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    for side, points in (("now", "12"), ("then", "20")):
        (reason,) = [r for r in data[side]["reasons"] if r["rule_id"] == "seniority_director"]
        assert Decimal(reason["points"]) == Decimal(points)


def test_why_a_lead_is_not_to_be_called_is_said(warehouse: Warehouse) -> None:
    for lead_id, reason in warehouse.query(
        """select min(lead_id), not_callable_reason from marts.lead_score
        where not_callable_reason in ('customer', 'disqualified', 'no consent') group by 2
        union all select lead_id, null from marts.lead_score where score_rank = 1"""
    ):
        output = CliRunner().invoke(app, ["explain", str(lead_id)]).output
        assert ("not to be called" in output) == bool(reason)
        assert f"not to be called: {reason}" in output or not reason


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
