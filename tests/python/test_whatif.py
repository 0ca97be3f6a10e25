"""What other seeds would change. That the scores are right is told by the oracle's test."""

import csv
import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from rich.console import Console
from typer.testing import CliRunner

from scripts.bench.edits import edited
from scripts.commands import app
from scripts.run import RunResult
from scripts.scoring.build import build
from scripts.scoring.effect import WhatIf
from scripts.scoring.preview import MOVERS, previewing
from scripts.scoring.whatif import render, to_markdown, whatif
from scripts.seeds.overlay import SEEDS, seed_path
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.warehouse import connect
from tests.python.conftest import Warehouse

TABLE = "points/attribute_points.csv"


@pytest.fixture(scope="module")
def grown(
    sample: tuple[Warehouse, RunResult], tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """The sample, built once more, so that what grows from build to build has grown."""
    folder = tmp_path_factory.mktemp("grown")
    shutil.copytree(sample[0].folder, folder, dirs_exist_ok=True)
    warehouse = Warehouse(folder)
    build(lambda *_: None, environment=warehouse.environment)
    return warehouse


@pytest.fixture
def warehouse(grown: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    for name, value in grown.environment.items():
        monkeypatch.setenv(name, value)
    return grown


def write(folder: Path, before: str, after: str) -> Path:
    """A proposal: the attribute points with one change."""
    text = (SEEDS / TABLE).read_text("utf-8")
    assert before in text
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "attribute_points.csv").write_text(text.replace(before, after), "utf-8")
    return folder


def test_sql_that_was_compiled_with_other_vars_is_refused(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    shutil.copytree(paths.target_folder(), target)
    results = json.loads((target / "run_results.json").read_text("utf-8"))
    results["args"]["vars"] = {"as_of": "2025-03-31"}
    (target / "run_results.json").write_text(json.dumps(results), "utf-8")
    monkeypatch.setenv("DBT_TARGET_PATH", str(target))
    with pytest.raises(UserError, match=r"vars \{'as_of': '2025-03-31'\}, the build with \{\}"):
        whatif(write(tmp_path / "seeds", DIRECTOR + "12", DIRECTOR + "20"))


DIRECTOR = "standard,seniority_director,fit,seniority,equals,director,,,,,,points,"


def test_points_that_change_are_told_by_band_and_mover(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    found = whatif(write(tmp_path, DIRECTOR + "12", DIRECTOR + "20"))
    ((fired,),) = warehouse.query(
        """select count(*) from marts.lead_score inner join marts.lead_score_factors
        using (lead_id, score_model) where rule_id = 'seniority_director'"""
    )
    directors = int(str(fired))
    assert found.changed_seeds == ("attribute_points",)
    # Limits can keep a director where it is, and move nobody else.
    assert directors / 2 < found.moved <= directors < found.leads
    assert sum(leads for _, _, leads in found.bands) == found.leads
    for band, leads in warehouse.query("select band, count(*) from marts.lead_score group by band"):
        assert sum(count for now, _, count in found.bands if now == band) == leads
    assert found.ready_then > found.ready_now > 0
    assert found.quality_now and found.quality_then
    assert found.quality_now.auc != found.quality_then.auc
    assert (found.quality_now.handed_over_per_week or 0) > 0
    for mover in found.movers:
        (change,) = mover.changes
        assert change.reason == "Heads a department"
        assert (change.points_now, change.points_then) == (Decimal(12), Decimal(20))
        assert mover.score_now is not None
        assert mover.score_then == mover.score_now + 8
    assert found.movers[0].lead_id in to_markdown(found)
    shown = CliRunner().invoke(app, ["whatif", str(tmp_path), "--json"])
    assert shown.exit_code == 0
    assert json.loads(shown.stdout)["moved"] == found.moved
    screen = Console(width=150)
    with screen.capture() as captured:
        screen.print(render(found))
    assert f"{found.moved:,} of {found.leads:,} leads move" in captured.get()


def test_what_an_event_means_is_told_for_all_events(warehouse: Warehouse, tmp_path: Path) -> None:
    """No page is the careers page any more, so nobody loses points for having looked at it."""
    text = (SEEDS / "mapping" / "event_keys.csv").read_text("utf-8")
    (tmp_path / "event_keys.csv").write_text(text.replace("*/careers", "*/nowhere"), "utf-8")
    found = whatif(tmp_path)
    losers = {
        lead_id
        for (lead_id,) in warehouse.query(
            """select lead_id from marts.lead_score inner join marts.lead_score_factors
            using (lead_id, score_model) where rule_id = 'careers_page'"""
        )
    }
    assert found.changed_seeds == ("event_keys",)
    assert 0 < found.moved <= len(losers)
    assert {mover.lead_id for mover in found.movers} <= losers
    assert {
        (change.reason, change.points_now, change.points_then)
        for mover in found.movers
        for change in mover.changes
        if not change.reason.startswith("Limit of")
    } == {("Looked at our jobs", Decimal(-6), None)}


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_build_with_these_seeds_gives_what_was_told(
    grown: Warehouse, tmp_path: Path, number: int
) -> None:
    """Eight random edits of the point tables: each lead, reason, persona and number."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    with grown.copied(tmp_path / "copy") as warehouse:
        said = edited(seeds, Random(number), 8)
        with previewing() as preview:
            found, past = preview.effect(seeds, movers=None), preview.restated(seeds)
        scores = "select lead_id, score, band from marts.lead_score"
        mqls = "select lead_id, mql_at::date from marts.lead_lifecycle where mql_at is not null"
        expected = {lead_id: (score, band) for lead_id, score, band in warehouse.query(scores)}
        expected |= {one.lead_id: (one.score_then, one.band_then) for one in found.movers}
        mqls_now = {lead_id: day for lead_id, day in warehouse.query(mqls)}
        quiet = ["--quiet", "build", "--exclude-resource-type", "test", "unit_test"]
        assert warehouse.dbt(*quiet, LEADS_SEEDS=laid(seeds)).endswith("exit 0"), said
        built = {lead_id: (score, band) for lead_id, score, band in warehouse.query(scores)}
        mqls_then = {lead_id: day for lead_id, day in warehouse.query(mqls)}
        assert built == expected, said
        assert len(found.movers) == found.moved > 0
        for one in found.movers[:20]:
            reasons = {
                (reason, points)
                for reason, points in warehouse.query(
                    f"""select reason, points from marts.lead_score_factors
                    inner join marts.lead_score using (lead_id, score_model)
                    where lead_id = '{one.lead_id}'"""
                )
            }
            told = {(c.reason, c.points_then) for c in one.changes if c.points_then is not None}
            assert told <= reasons, said
        personas = warehouse.query(
            "select distinct persona, score_model, band, score from marts.golden_lead_factors"
        )
        assert sorted(personas) == sorted(
            (one.persona, one.score_model, one.band_then, one.score_then) for one in found.personas
        )
        assert (past.gained, past.lost, past.redated) == (
            len(mqls_then.keys() - mqls_now.keys()),
            len(mqls_now.keys() - mqls_then.keys()),
            sum(mqls_then.get(lead_id, day) != day for lead_id, day in mqls_now.items()),
        )
        assert sum(model.mqls_then for model in past.models) == len(mqls_then)
        # What a build says of its own seeds: nothing, and the same quality.
        again = whatif(seeds)
        assert (again.moved, again.changed_rules) == (0, ())
        assert again.quality_now == found.quality_then
        assert scores_then(again) == scores_then(found)


def scores_then(found: WhatIf) -> dict[int, int]:
    """How many leads would have a score of each ten, where any has."""
    return {ten: leads for ten, _, leads in found.scores if leads}


def laid(seeds: Path) -> str:
    """The folder of seeds that dbt is to read, these laid over the project's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_SEEDS", str(seeds))
        return seed_path()


def test_nothing_live_is_touched(warehouse: Warehouse, tmp_path: Path) -> None:
    def state() -> dict[Path, str]:
        files = (file for file in warehouse.folder.rglob("*") if file.is_file())
        return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    before = state()
    assert whatif(write(tmp_path, DIRECTOR + "12", DIRECTOR + "1")).moved
    assert state() == before


def test_the_same_seeds_change_nothing(warehouse: Warehouse) -> None:
    found = whatif(SEEDS)
    assert (found.changed_seeds, found.moved, found.movers) == ((), 0, ())
    assert found.ready_now == found.ready_then
    assert found.quality_now == found.quality_then is not None
    ((auc, lift, precision, per_week),) = warehouse.query(
        """select q.auc, q.top_decile_lift, t.precision_rate, t.leads_per_week
        from marts.score_quality as q inner join marts.threshold_curve as t
        using (score_model, scored_day, outcome)
        where q.score_model = 'standard' and q.scored_day = 7 and q.outcome = 'customer'
            and q.slice = 'overall' and t.region = '(all)' and t.is_todays_cutoff"""
    )
    now = found.quality_now
    assert now
    assert (now.auc, now.lift, now.precision) == (auc, lift, precision)
    assert now.handed_over_per_week == pytest.approx(per_week)


def test_quality_that_no_build_stored_is_measured_anew(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """Scores of past days that are of other points, and a mart of another day."""
    expected = whatif(write(tmp_path / "seeds", DIRECTOR + "12", DIRECTOR + "20"))
    with warehouse.copied(tmp_path / "copy") as older:
        with connect(older.file) as live:
            live.execute("update marts.score_quality set evaluated_date = '2025-01-01', auc = 0")
            live.execute("update intermediate.int_scored_days set inputs_hash = '', score = 0")
            live.execute("delete from intermediate.int_evaluated_factors")
        assert whatif(tmp_path / "seeds") == expected


def test_edits_one_after_the_other_are_told_as_each_alone(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """What was found for the edit before is kept, also where rules have other numbers now."""
    edits: tuple[dict[str, dict[str, str]], ...] = (
        {"silent_30_days": {"silent_days": "25"}},
        {"pricing_page": {"window_days": "20"}},
        {"pricing_page": {"points": "9"}, "emails_unopened": {"silent_days": "12"}},
        {"later": {"rule_id": "pricing_page", "window_days": "5"}},
        {"earlier": {"rule_id": "silent_60_days", "silent_days": "40"}},
        {"pricing_page": {"window_days": "21"}, "silent_30_days": {"silent_days": "26"}},
    )
    folders = [tmp_path / str(number) for number in range(len(edits))]
    for number, folder in enumerate(folders):
        write_rules(folder, edits[: number + 1])
    with previewing() as preview:
        preview.prepare()
        shown = [preview.effect(folder, movers=None) for folder in (*folders, folders[2])]
    assert shown[-1] == shown[2]
    assert len({found.movers for found in shown}) == len(edits)
    for folder, found in zip(folders, shown[:-1], strict=True):
        with previewing() as preview:
            assert preview.effect(folder, movers=None) == found


def test_what_is_found_for_an_event_new_to_the_rules_is_what_scoring_all_leads_gives(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """Its silence, beside another edit; a measure that no rule asks for has all scored anew."""
    points, both = tmp_path / "points", tmp_path / "both"
    edit = {
        "silent_30_days": {"event_key": "newsletter_signup"},
        "pricing_page": {"window_days": "30"},
    }
    for folder in (points, both):
        write_rules(folder, [edit])
    measures = (SEEDS / "mapping/event_measures.csv").read_text("utf-8")
    unasked = measures.splitlines()[-1].split(",", 1)
    (both / "event_measures.csv").write_text(f"{measures}not_asked_for,{unasked[1]}\n", "utf-8")
    found, anew = whatif(points, movers=None), whatif(both, movers=None)
    assert found.moved
    assert replace(found, changed_seeds=anew.changed_seeds) == anew


def write_rules(folder: Path, edits: Sequence[Mapping[str, Mapping[str, str]]]) -> None:
    """The points of events and silence with edits by rule of the model standard.

    Where an edit names another rule, that one is copied under this name.
    """
    folder.mkdir()
    for table in ("event_points", "inactivity_points"):
        with (SEEDS / "points" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            rules = list(csv.DictReader(stream))
        by_name = {rule["rule_id"]: rule for rule in rules if rule["score_model"] == "standard"}
        for edit in edits:
            for name, cells in edit.items():
                if name in by_name:
                    by_name[name].update(cells)
                elif cells.get("rule_id") in by_name:
                    copied = {**by_name[cells["rule_id"]], **cells, "rule_id": name}
                    rules.insert(0, copied)
                    by_name[name] = copied
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rules[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rules)


def test_all_leads_that_move_are_in_the_json(warehouse: Warehouse, tmp_path: Path) -> None:
    write(tmp_path, DIRECTOR + "12", DIRECTOR + "20")
    shown = CliRunner().invoke(app, ["whatif", str(tmp_path), "--json"])
    told = json.loads(shown.stdout)
    assert len({mover["lead_id"] for mover in told["movers"]}) == told["moved"] > MOVERS
    assert told["changed_rules"] == [
        {"score_model": "standard", "rule_id": "seniority_director", "change": "changed"}
    ]
    assert sum(now for _, now, _ in told["scores"]) == told["leads"]


def test_a_new_band_stands_in_its_order_and_takes_no_lead_from_sales(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """What makes an MQL is the band hot or a higher one, and very_hot is higher."""
    text = (SEEDS / "points" / "score_bands.csv").read_text("utf-8")
    ready = "standard,,sales_ready,4,75,"
    assert text.count(ready) == 1
    between = "standard,,very_hot,4,60,Write today\nstandard,,sales_ready,5,75,"
    (tmp_path / "score_bands.csv").write_text(text.replace(ready, between), "utf-8")
    found = whatif(tmp_path)
    assert found.band_order[-4:] == ("warm", "hot", "very_hot", "sales_ready")
    assert ("hot", "very_hot") in {(now, then) for now, then, _ in found.bands}
    assert sum(leads for _, band, leads in found.bands if band == "very_hot") > 20
    assert found.ready_then == found.ready_now > 0


@pytest.mark.slow
def test_past_mqls_are_those_of_the_live_ones_where_nothing_changes(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with previewing() as preview:
        same = preview.restated(SEEDS)
        other = preview.restated(write(tmp_path, DIRECTOR + "12", DIRECTOR + "20"))
    ((mqls,),) = warehouse.query("select count(mql_at) from marts.lead_lifecycle")
    (standard,) = same.models
    assert (standard.score_model, standard.mqls_now, standard.mqls_then) == ("standard", mqls, mqls)
    assert (same.gained, same.lost, same.redated) == (0, 0, 0)
    # More points for some: nobody comes later, and nobody ceases to.
    assert (other.gained > 0, other.lost) == (True, 0)
    assert other.models[0].mqls_then == other.models[0].mqls_now + other.gained


def test_bands_are_measured_as_they_are_and_as_they_would_be(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """A lower bound of the band that is handed to sales, and nothing else, changes the cut-off."""
    text = (SEEDS / "points" / "score_bands.csv").read_text("utf-8")
    hot = "standard,,hot,3,50,"
    assert hot in text
    (tmp_path / "score_bands.csv").write_text(text.replace(hot, "standard,,hot,3,40,"), "utf-8")
    found = whatif(tmp_path)
    now, then = found.quality_now, found.quality_then
    assert now and then and now.cutoff and then.cutoff
    assert 40 <= then.cutoff < 50 <= now.cutoff
    assert now.auc == then.auc
    assert now.handed_over_per_week < then.handed_over_per_week  # type: ignore[operator]


def test_a_persona_that_would_land_elsewhere_is_told(warehouse: Warehouse, tmp_path: Path) -> None:
    executive = "standard,seniority_c_level,fit,seniority,equals,c_level,,,,,,points,"
    (line,) = (x for x in (SEEDS / TABLE).read_text("utf-8").split("\n") if x.startswith(executive))
    found = whatif(write(tmp_path, line, line.replace(line.split(",")[12], "-90", 1)))
    assert any("lands in cold, not in" in persona for persona in found.broken_personas)


def test_what_is_likely_not_meant_is_told(warehouse: Warehouse, tmp_path: Path) -> None:
    found = whatif(write(tmp_path, "industry,in,Logistics|", "industry,in,Logistic|"))
    (warning,) = found.seed_warnings
    assert "asks for Logistic, which no industry is; " in warning
    assert "leads have 'Logistics'" in warning
    assert f"warning: {warning}" in to_markdown(found)


def test_a_faulty_proposal_is_refused_in_the_words_of_check_seeds(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    folder = write(tmp_path / "proposal", DIRECTOR + "12", DIRECTOR + "a lot")
    with pytest.raises(
        UserError, match=r"proposal/attribute_points.csv line 44, column points: 'a lot'"
    ):
        whatif(folder)
    with pytest.raises(UserError, match="no folder of seeds"):
        whatif(tmp_path / "nowhere")
    with pytest.raises(UserError, match="not both"):
        whatif()


def commit(folder: Path, branch: str) -> None:
    """The seeds below a folder on a new branch there."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for arguments in (
        *(["init", "-q"], ["checkout", "-q", "-b", branch], ["add", "-A", "seeds"]),
        ["commit", "-q", "-m", "Other seeds"],
    ):
        subprocess.run([*git, *arguments], check=True)


def test_a_branch_is_compared_by_its_seeds(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "seeds/points", DIRECTOR + "12", DIRECTOR + "20")
    commit(tmp_path, "generous")
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    assert whatif(git_ref="generous").changed_seeds == ("attribute_points",)
    with pytest.raises(UserError, match="git has no seeds at --output=x"):
        whatif(git_ref="--output=x")


def test_what_is_no_file_on_a_branch_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    link = tmp_path / "seeds/points/score_bands.csv"
    link.parent.mkdir(parents=True)
    out = r"^seeds/points/score_bands.csv at {} is a link that leads out of the seeds; put the file"
    for branch, target in {"up": "../../../etc/hosts", "absolute": "/etc/hosts"}.items():
        link.symlink_to(target)
        commit(tmp_path, branch)
        with pytest.raises(UserError, match=out.format(branch)):
            whatif(git_ref=branch)
        link.unlink()
    link.symlink_to("gone.csv")
    commit(tmp_path, "broken")
    with pytest.raises(UserError, match=r"score_bands.csv: the link to gone.csv leads to no file"):
        whatif(git_ref="broken")
    shutil.rmtree(tmp_path / "seeds")
    (tmp_path / "seeds").symlink_to("elsewhere")
    commit(tmp_path, "linked")
    with pytest.raises(UserError, match=r"^seeds at linked is no folder$"):
        whatif(git_ref="linked")


def test_without_a_warehouse_it_says_what_to_do(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("leads.duckdb", "nowhere/leads.duckdb"):
        monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / place))
        with pytest.raises(
            UserError, match=r"^there is no warehouse at .*; build it first: make run$"
        ):
            whatif(SEEDS)


def test_a_build_before_a_model_was_there_must_be_made_again(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(warehouse.folder / "target", tmp_path / "target")
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    file = tmp_path / "target" / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    manifest["nodes"] = {
        name: node for name, node in manifest["nodes"].items() if node["name"] != "int_event_units"
    }
    file.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(
        UserError, match=r"was built before .*, without int_event_units; build it again: make run$"
    ):
        whatif(write(tmp_path / "seeds", DIRECTOR + "12", DIRECTOR + "20"))


def test_what_dbt_left_of_another_build_is_told(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(warehouse.folder / "target", tmp_path / "target")
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    (file,) = tmp_path.rglob("compiled/**/int_scores.sql")
    file.write_text("select no_such_column from intermediate.int_days_to_score")
    with pytest.raises(UserError, match=r"target is not what the build of .* left \(.*no_such_col"):
        whatif(write(tmp_path / "seeds", DIRECTOR + "12", DIRECTOR + "20"))
