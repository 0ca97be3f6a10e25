"""What the studio does with the seeds: edits, undo, saving, leaving the past alone."""

import ast
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import nicegui
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.scoring.studio import grid
from scripts.scoring.studio.data import Data, Offer, read_data
from scripts.scoring.studio.data_list import listed_offers
from scripts.scoring.studio.edits import edits
from scripts.scoring.studio.past import leave_past_alone
from scripts.scoring.studio.points_page import rule_cells
from scripts.scoring.studio.saving import changes, save
from scripts.scoring.studio.state import State, opened_state
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.document import Document
from scripts.seeds.merge import Conflict
from scripts.seeds.overlay import SEEDS
from scripts.shared.errors import UserError

BANDS = "points/score_bands.csv"


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of live seeds: the project's bands alone, laid over the rest."""
    folder = tmp_path / "live"
    (folder / "points").mkdir(parents=True)
    shutil.copy(SEEDS / BANDS, folder / BANDS)
    monkeypatch.setenv("LEADS_SEEDS", str(folder))
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "warehouse" / "leads.duckdb"))
    (tmp_path / "warehouse").mkdir()
    return folder


@pytest.fixture
def state(live: Path, tmp_path: Path) -> Iterator[State]:
    with opened_state(tmp_path / "proposal") as opened:
        yield opened


def row(state: State, table: str, **cells: str) -> int:
    """The id of the one row with these cells."""
    ids = [found.id for found in state.rows(table)]
    (found,) = (
        row_id
        for row_id, of in zip(ids, state.cells(table), strict=True)
        if cells.items() <= of.items()
    )
    return found


def bound(state: State, band: str = "hot") -> int:
    return row(state, "score_bands", score_model="standard", band=band)


def test_an_edit_is_in_the_working_folder_alone(state: State, live: Path) -> None:
    before = (live / BANDS).read_text("utf-8")
    state.set_cell("score_bands", bound(state), "lower_bound", "55")
    assert (state.working / BANDS).read_text("utf-8") == before.replace(
        "standard,,hot,3,50,", "standard,,hot,3,55,"
    )
    assert (live / BANDS).read_text("utf-8") == before
    assert state.unsaved == ["score_bands"]


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cell", "add", "copy", "delete"]),
        st.sampled_from(["score_bands", "golden_leads", "event_points"]),
        st.integers(0, 1000),
        st.integers(0, 1000),
        st.text(st.sampled_from('a1,"| é'), max_size=4),
    ),
    max_size=8,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EDITS)
def test_all_that_is_undone_is_as_it_was_and_what_is_redone_as_it_became(
    state: State, edits: list[tuple[str, str, int, int, str]]
) -> None:
    def files() -> dict[str, bytes]:
        return {name: state.content(name) for name in state.tables}

    before = files()
    steps = [before]
    for what, table, at, column, text in edits:
        ids = [found.id for found in state.rows(table)]
        row_id = ids[at % len(ids)]
        if what == "cell":
            names = state.columns(table)
            state.set_cell(table, row_id, names[column % len(names)], text)
        elif what == "add":
            state.add(table, [{"score_model": text}], row_id)
        elif what == "copy":
            state.copy(table, row_id)
        else:
            state.delete(table, [row_id])
        if files() != steps[-1]:
            steps.append(files())
    for step in reversed(steps[:-1]):
        state.undo()
        assert files() == step
    for step in steps[1:]:
        state.redo()
        assert files() == step
    while state.can_undo:
        state.undo()
    assert files() == before


def test_saving_writes_the_edited_line_of_the_chosen_place_alone(
    state: State, live: Path, tmp_path: Path
) -> None:
    before = (live / BANDS).read_text("utf-8")
    others = {path: path.read_bytes() for path in SEEDS.rglob("*.csv")}
    state.set_cell("score_bands", bound(state), "next_action", 'Write, say "hello"')
    wanted = before.replace(
        "standard,,hot,3,50,Write in person within three days",
        'standard,,hot,3,50,"Write, say ""hello"""',
    )
    assert save(state, state.proposal, {}) == ["score_bands"]
    assert [path.name for path in tmp_path.rglob("proposal/**/*.csv")] == ["score_bands.csv"]
    assert (state.proposal / BANDS).read_text("utf-8") == wanted
    assert (live / BANDS).read_text("utf-8") == before

    assert save(state, state.live, {}) == ["score_bands"]
    assert (live / BANDS).read_text("utf-8") == wanted
    assert {path: path.read_bytes() for path in SEEDS.rglob("*.csv")} == others
    assert [path.name for path in live.rglob("*")] == ["points", "score_bands.csv"]
    assert state.unsaved == []
    assert changes(state, state.live, {}) == []


@pytest.mark.parametrize(
    ("was", "will", "told"),
    [
        ("a,core,8,", "a,core,9,", "a, core: points 8 → 9"),
        ("a,core,8,", "a,core,9,Buys", "a, core: points 8 → 9, reason empty → Buys"),
        ("a,core,8,Buys", "a,core,8,", "a, core: reason Buys → empty"),
        ("a,core,8,Buys", "a,other,8,Buys", "a, core: rule_id core → other"),
        ("a,core,8,", 'a,core,8,""', None),
    ],
)
def test_an_edit_is_told_in_words(was: str, will: str, told: str | None) -> None:
    rows = "a,rest,1,\n", "b,core,8,\n"
    before, after = (of.join(("score_model,rule_id,points,reason\n", "\n")) for of in (was, will))
    found = edits(document(before, *rows), document(after, *rows), ["score_model", "rule_id"])
    assert list(found) == ([told] if told else [])


def test_rows_that_come_and_go_are_told_in_words_whatever_the_order_of_columns() -> None:
    was = document("score_model,rule_id,points,reason\n", "a,core,8,\n", "a,rest,1,\n")
    will = document("rule_id,score_model,reason,points\n", "rest,a,,2\n", "new,a,Buys,5\n")
    assert list(edits(was, will, ["score_model", "rule_id"])) == [
        "a, rest: points 1 → 2",
        "a, new: new, with reason Buys, points 5",
        "a, core: taken out",
    ]


def document(*lines: str) -> Document:
    return Document.read("".join(lines).encode(), "a test")


def test_what_was_saved_can_be_undone_and_saved_again(state: State, live: Path) -> None:
    before = (live / BANDS).read_bytes()
    state.set_cell("score_bands", bound(state), "lower_bound", "55")
    save(state, state.live, {})
    state.undo()
    save(state, state.live, {})
    assert (live / BANDS).read_bytes() == before


def test_who_saves_second_keeps_what_the_first_saved_and_sees_it(state: State, live: Path) -> None:
    state.set_cell("score_bands", bound(state), "lower_bound", "55")
    other = (
        (live / BANDS).read_text("utf-8").replace("standard,,warm,2,25,", "standard,,warm,2,20,")
    )
    (live / BANDS).write_text(other, "utf-8")
    (change,) = changes(state, state.live, {})
    assert change.is_merged
    assert change.conflicts == ()
    save(state, state.live, {})
    both = other.replace("standard,,hot,3,50,", "standard,,hot,3,55,")
    assert (live / BANDS).read_text("utf-8") == both
    assert state.cells("score_bands")[5]["lower_bound"] == "20"


def test_a_cell_that_both_changed_is_saved_once_somebody_chose(state: State, live: Path) -> None:
    state.set_cell("score_bands", bound(state), "lower_bound", "55")
    theirs = (live / BANDS).read_text("utf-8").replace("standard,,hot,3,50,", "standard,,hot,3,60,")
    (live / BANDS).write_text(theirs, "utf-8")
    (change,) = changes(state, state.live, {})
    (conflict,) = change.conflicts
    assert (conflict.column, conflict.ours, conflict.theirs) == ("lower_bound", "55", "60")
    with pytest.raises(UserError, match="choose first"):
        save(state, state.live, {})
    assert (live / BANDS).read_text("utf-8") == theirs
    save(state, state.live, {("score_bands", conflict): True})
    assert "standard,,hot,3,55," in (live / BANDS).read_text("utf-8")


def test_a_conflict_of_another_table_is_not_decided_by_one_that_looks_alike(
    state: State, live: Path
) -> None:
    state.set_cell("score_bands", bound(state), "lower_bound", "55")
    text = (live / BANDS).read_text("utf-8").replace("standard,,hot,3,50,", "standard,,hot,3,60,")
    (live / BANDS).write_text(text, "utf-8")
    (conflict,) = changes(state, state.live, {})[0].conflicts
    assert isinstance(conflict, Conflict)
    with pytest.raises(UserError, match="choose first"):
        save(state, state.live, {("score_groups", conflict): True})


def test_live_seeds_are_not_saved_with_errors_but_a_proposal_is(state: State, live: Path) -> None:
    before = (live / BANDS).read_bytes()
    state.set_cell("score_bands", bound(state), "lower_bound", "ten")
    with pytest.raises(UserError, match=r"not saved with errors: .*'ten' is no number"):
        save(state, state.live, {})
    assert (live / BANDS).read_bytes() == before
    save(state, state.proposal, {})
    assert "standard,,hot,3,ten," in (state.proposal / BANDS).read_text("utf-8")


def test_a_proposal_holds_all_that_the_live_seeds_change_of_the_project_s(
    live: Path, tmp_path: Path
) -> None:
    name = "sales/alerts.csv"
    (live / "sales").mkdir()
    (live / name).write_bytes((SEEDS / name).read_bytes().replace(b"\n", b"\r\n"))
    bands = (
        (live / BANDS).read_text("utf-8").replace("standard,,warm,2,25,", "standard,,warm,2,20,")
    )
    (live / BANDS).write_text(bands, "utf-8")
    with opened_state(tmp_path / "proposal") as state:
        assert changes(state, state.live, {}) == []
        assert save(state, state.proposal, {}) == ["score_bands", "alerts"]
        assert (state.proposal / BANDS).read_text("utf-8") == bands
        assert (state.proposal / name).read_bytes() == (live / name).read_bytes()
        assert changes(state, state.proposal, {}) == []


def test_a_save_cannot_leave_the_folder(state: State, live: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    shutil.copy(live / BANDS, outside)
    before = outside.read_bytes()
    (live / BANDS).unlink()
    (live / BANDS).symlink_to(outside)
    state.set_cell("score_bands", bound(state), "lower_bound", "55")
    with pytest.raises(UserError, match="a link that leads out of"):
        save(state, state.live, {})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    state.proposal.mkdir()
    (state.proposal / "points").symlink_to(elsewhere)
    with pytest.raises(UserError, match="a link that leads out of"):
        save(state, state.proposal, {})
    assert outside.read_bytes() == before
    assert list(elsewhere.iterdir()) == []


def test_a_proposal_that_is_there_is_opened_and_saved_into(live: Path, tmp_path: Path) -> None:
    proposal = tmp_path / "mine"
    proposal.mkdir()
    text = (SEEDS / BANDS).read_text("utf-8").replace("standard,,hot,3,50,", "standard,,hot,3,60,")
    (proposal / "score_bands.csv").write_text(text, "utf-8")
    with opened_state(proposal) as state:
        assert state.unsaved == []
        assert [change.table for change in changes(state, state.live, {})] == ["score_bands"]
        state.set_cell("score_bands", bound(state, "warm"), "lower_bound", "30")
        save(state, proposal, {})
    saved = (proposal / "score_bands.csv").read_text("utf-8")
    assert saved == text.replace("standard,,warm,2,25,", "standard,,warm,2,30,")


def test_a_table_that_is_no_csv_is_refused_before_anything_is_shown(
    live: Path, tmp_path: Path
) -> None:
    (live / BANDS).write_bytes(b"score_model;region\n\xff;\n")
    with (
        pytest.raises(UserError, match="cannot be edited: it is not UTF-8"),
        opened_state(tmp_path),
    ):
        pass


def test_columns_that_a_browser_would_take_for_a_script_are_refused(
    live: Path, tmp_path: Path
) -> None:
    text = (live / BANDS).read_text("utf-8").replace("next_action", ":alert(1)", 1)
    (live / BANDS).write_text(text, "utf-8")
    with pytest.raises(UserError, match="has not the columns"), opened_state(tmp_path):
        pass


def test_findings_sit_in_the_cells_that_they_are_of(state: State) -> None:
    warm = bound(state, "warm")
    state.set_cell("score_bands", warm, "lower_bound", "x")
    report = check_seeds(state.working)
    state.findings = (*report.errors, *report.warnings)
    shown = {found["_id"]: found["_findings"] for found in grid.rows(state, "score_bands")}
    assert {row_id for row_id, of in shown.items() if of} == {warm}
    severity, message = shown[warm]["lower_bound"]
    assert severity == "error"
    assert message.startswith("'x' is no number")


def test_rules_of_a_champion_are_marked_as_such(state: State) -> None:
    shown = {(row["score_model"], row["_is_champion"]) for row in grid.rows(state, "score_bands")}
    assert shown == {("standard", True), ("fit_first", False)}


def test_the_past_is_left_alone_by_a_copy_that_counts_from_the_next_day(state: State) -> None:
    state.data = Data(champion="standard", clock=date(2025, 6, 30))
    before = {name: state.content(name) for name in state.tables}
    with pytest.raises(UserError, match="nothing of standard was edited"):
        leave_past_alone(state)
    rule = row(state, "attribute_points", score_model="standard", rule_id="seniority_director")
    state.set_cell("attribute_points", rule, "points", "20")
    state.delete("score_bands", [bound(state, "warm")])
    other = row(state, "score_bands", score_model="fit_first", band="hot")
    state.set_cell("score_bands", other, "lower_bound", "51")
    bands_of_fit_first = state.content("score_bands").decode()
    assert leave_past_alone(state) == "standard_2"

    for name in ("attribute_points", "score_groups", "golden_leads", "score_models"):
        assert state.content(name).startswith(before[name])
    models = {found["score_model"]: found for found in state.cells("score_models")}
    assert models["standard"]["live_from"] == ""
    assert models["standard_2"] == {
        **models["standard"], "score_model": "standard_2", "live_from": "2025-07-01"
    }  # fmt: skip
    points = {
        found["score_model"]: found["points"]
        for found in state.cells("attribute_points")
        if found["rule_id"] == "seniority_director"
    }
    assert points == {"standard": "12", "standard_2": "20"}
    bands = [(found["score_model"], found["band"]) for found in state.cells("score_bands")]
    assert ("standard", "warm") in bands
    assert ("standard_2", "hot") in bands
    assert ("standard_2", "warm") not in bands
    assert "fit_first,,hot,3,51," in bands_of_fit_first
    assert b"fit_first,,hot,3,51," in state.content("score_bands")

    while state.can_undo:
        state.undo()
    assert {name: state.content(name) for name in state.tables} == before


def test_a_copy_of_the_champion_that_leaves_the_past_alone_is_sound(state: State) -> None:
    state.data = Data(champion="standard", clock=date(2025, 6, 30))
    rule = row(state, "attribute_points", score_model="standard", rule_id="seniority_director")
    state.set_cell("attribute_points", rule, "points", "13")
    leave_past_alone(state)
    assert check_seeds(state.working).errors == ()


def test_the_past_that_is_left_alone_is_the_live_one_whatever_was_saved_as_a_proposal(
    state: State, live: Path
) -> None:
    state.data = Data(champion="standard", clock=date(2025, 6, 30))
    before = (live / BANDS).read_text("utf-8")
    state.set_cell("score_bands", bound(state), "lower_bound", "45")
    state.set_cell(
        "score_bands", row(state, "score_bands", score_model="fit_first", band="hot"),
        "lower_bound", "51",
    )  # fmt: skip
    state.add("score_bands", [{"score_model": "standard", "band": "tepid", "lower_bound": "30"}])
    save(state, state.proposal, {})
    leave_past_alone(state)
    lines = state.content("score_bands").decode().splitlines()
    of = {model: [line for line in lines if line.startswith(f"{model},")] for model in (
        "fit_first", "standard", "standard_2",
    )}  # fmt: skip
    assert of["standard"] == [x for x in before.splitlines() if x.startswith("standard,")]
    assert "fit_first,,hot,3,51,Write in person within three days" in of["fit_first"]
    assert lines[1:5] == of["fit_first"]
    assert "standard_2,,hot,3,45,Write in person within three days" in of["standard_2"]
    assert "standard_2,,tepid,,30," in of["standard_2"]
    assert len(of["standard_2"]) == 5


def test_what_comes_of_selling_is_not_offered_for_a_rule(state: State) -> None:
    keys = ("blog_visit", "lead_accepted", "opportunity_won", "white_paper")
    state.data = Data(tuple(Offer("", key, "", "", 40, 0.4) for key in keys))
    assert {listed["name"] for listed in listed_offers(state)} == {"blog_visit", "white_paper"}


def test_a_new_rule_of_an_event_counts_it_once(state: State) -> None:
    cells = rule_cells(state, Offer("", "page_visit", "", "", 40, None), "standard")
    assert cells["max_events"] == "1"


def test_a_new_rule_of_a_value_an_event_or_a_range_lacks_its_points_alone(state: State) -> None:
    offers = (
        Offer("industry", "Public sector", "", "", 40, 0.1),
        Offer("", "support_request", "", "", 40, None),
        Offer("budget", "", "100", "2000", 40, 0.2),
    )
    for offer in offers:
        table = "event_points" if offer.is_event else "attribute_points"
        (row_id,) = state.add(table, [rule_cells(state, offer, "standard")])
        faults = {(finding.column, finding.line) for finding in check_seeds(state.working).errors}
        assert {column for column, _ in faults} <= {"points", "reason"}, offer
        state.set_cell(table, row_id, "points", "5")
        state.set_cell(table, row_id, "reason", "A reason")
        assert check_seeds(state.working).errors == (), offer


def test_what_the_data_have_is_offered_with_its_leads_and_what_became_of_them(
    small: Path,
) -> None:
    data = read_data()
    offered = {offer.value: offer for offer in data.offers if offer.attribute == "industry"}
    with duckdb.connect(str(small / "leads.duckdb"), read_only=True) as connection:
        counted = connection.sql(
            """select industry, count(distinct lead_id) from raw.leads group by all"""
        ).fetchall()
        won = connection.sql(
            """select count(distinct o.lead_id) from raw.opportunities as o
            inner join raw.leads as l using (lead_id) where l.industry = 'Media'"""
        ).fetchall()
    assert {name: offer.leads for name, offer in offered.items()} == dict(counted)
    media = offered["Media"]
    assert media.conversion == pytest.approx(won[0][0] / media.leads)
    (visits,) = (offer for offer in data.offers if offer.value == "email_open")
    assert visits.leads == 600
    assert data.rules["guesses", "media"].fired_share == pytest.approx(media.leads / 600)
    assert (data.champion, data.clock) == ("guesses", date(2025, 6, 30))
    assert not {offer.attribute for offer in data.offers} & {"email", "first_name", "last_name"}


def test_how_often_a_rule_fires_is_of_today_and_conversion_of_what_is_measured(small: Path) -> None:
    with duckdb.connect(str(small / "leads.duckdb")) as connection:
        connection.execute("update marts.rule_effectiveness set fired_share = 0.123")
        ((media, leads),) = connection.sql(
            "select count(distinct lead_id) filter (industry = 'Media'), count(distinct lead_id) "
            "from raw.leads"
        ).fetchall()
        connection.execute(
            "insert into intermediate.int_rules select * replace ('nobody' as rule_id) "
            "from intermediate.int_rules where rule_id = 'media'"
        )
    rules = read_data().rules
    assert rules["guesses", "nobody"].fired_share == 0
    assert rules["guesses", "nobody"].conversion_with is None
    assert rules["guesses", "media"].fired_share == pytest.approx(media / leads)
    assert rules["guesses", "media"].conversion_with is not None


def test_each_class_of_the_pages_is_in_a_sheet_that_they_load() -> None:
    pages = Path(grid.__file__).parent
    named = {name for page in pages.glob("*.py") for name in classes(page)}
    assert {"w-full", "studio-late", "bg-green-100", "text-red-9"} <= named
    quasar = Path(nicegui.__file__).parent / "static"
    sheets = [*(pages / "assets").iterdir(), *quasar.glob("quasar.*important.css")]
    defined = {
        name
        for sheet in sheets
        for name in re.findall(r"\.([a-z][\w-]*)", sheet.read_text("utf-8"))
    }
    assert sorted(named - defined) == []


def classes(page: Path) -> Iterator[str]:
    """The classes that a module gives to elements: in calls of `classes`, or colours by name."""
    tree = ast.parse(page.read_text("utf-8"))
    given = [
        argument
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "classes"
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
    ]
    within = {id(text) for argument in given for text in texts(argument)}
    for text in texts(tree):
        if id(text) in within or re.fullmatch("(text|bg)-[a-z]+-[0-9]+", str(text.value)):
            yield from str(text.value).split()


def texts(tree: ast.AST) -> list[ast.Constant]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
