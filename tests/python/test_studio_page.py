"""The studio in a real browser: what a person types, sees and saves."""

import csv
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from scripts.run import RunResult
from scripts.scoring.preview import previewing
from scripts.scoring.studio.live import MOST_MOVERS
from scripts.scoring.studio.points_page import TITLES
from scripts.seeds.overlay import SEEDS, seed_path
from scripts.shared.paths import PROJECT
from scripts.shared.text import points_text
from tests.python.conftest import Warehouse

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")

# Milliseconds in which a page must have done what it was asked to, on a busy machine.
PATIENCE = 120_000
BUILDING = 30 * 60_000  # and a build


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


class Studio:
    """A page of a studio, driven by keys and clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)
        page.on("request", lambda request: self._note(request.url))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("reloading"):  # NiceGUI says why; what was open is gone
            self.errors.append(message.text)

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)

    @property
    def version(self) -> int:
        """Of the seeds whose effect is shown, once one is."""
        shown = self.page.locator("[data-version]:not([data-version=''])")
        return int(shown.get_attribute("data-version") or 0)

    def table(self, title: str) -> None:
        """Show a table, by the title of its tab."""
        (name,) = (name for name, of in TITLES.items() if of == title)
        self.page.get_by_role("tab", name=title, exact=True).click()
        self.page.wait_for_function(
            "name => Studio.api?.getGridOption('context')?.table === name", arg=name
        )

    def cell(self, row: int, column: str) -> None:
        """Go to a cell of the file's row, counted from 0."""
        self.page.evaluate(
            """([row, column]) => {
                Studio.api.ensureIndexVisible(row);
                Studio.api.ensureColumnVisible(column);
                Studio.api.setFocusedCell(row, column);
            }""",
            [row, column],
        )
        cell = self.page.locator(f'.ag-row[row-index="{row}"] .ag-cell-focus[col-id="{column}"]')
        cell.wait_for()

    def type(self, row: int, column: str, text: str) -> None:
        """Put a text into a cell, as a person does."""
        self.cell(row, column)
        self.page.keyboard.press("Enter")
        self.page.locator(".studio-editor input").fill(text)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".studio-editor")).to_have_count(0)

    def leave_editor(self) -> None:
        """Leave the cell of a new row, which is being edited, as it is."""
        self.page.locator(".studio-editor input").wait_for()
        self.page.keyboard.press("Escape")
        expect(self.page.locator(".studio-editor")).to_have_count(0)

    def settle(self, after: int, edits: int) -> None:
        """Wait for the effect of all edits since a version."""
        self.page.locator(f'[data-version="{after + edits}"]').wait_for(timeout=PATIENCE)

    def bands(self) -> list[tuple[str, int, int]]:
        """The leads by band that are shown: each name with its number now and then."""
        found = self.page.evaluate(
            """() => {
                const id = document.querySelector(".nicegui-echart").id.slice(1);
                const shown = getElement(Number(id)).chart.getOption();
                return [shown.yAxis[0].data, shown.series[0].data, shown.series[1].data];
            }"""
        )
        return list(zip(*found, strict=True))

    def words_at_bands(self) -> list[tuple[str, tuple[float, ...]]]:
        """The words that are drawn of the leads by band, with left, top, right and bottom."""
        found = self.page.evaluate(
            """() => {
                const id = document.querySelector(".nicegui-echart").id.slice(1);
                const drawn = getElement(Number(id)).chart.getZr().storage.getDisplayList(true);
                return drawn.filter((of) => of.type === "tspan").map((of) => {
                    const box = of.getBoundingRect().clone();
                    if (of.transform) box.applyTransform(of.transform);
                    return [of.style.text, [box.x, box.y, box.x + box.width, box.y + box.height]];
                });
            }"""
        )
        return [(text, tuple(box)) for text, box in found]

    def movers(self) -> dict[str, tuple[str, str]]:
        """The scores and bands of the leads that move, by lead, of all pages of the list."""
        if not self.page.locator(".studio-movers").is_visible():
            return {}
        self.page.locator(".studio-movers .q-table__bottom .q-select").click()
        self.page.get_by_role("option", name="All").click()
        self.page.wait_for_timeout(500)
        rows = self.page.locator(".studio-movers tbody tr").all_inner_texts()
        cells = [row.split("\t") for row in rows if "\t" in row]
        return {lead.strip(): (score.strip(), band.strip()) for lead, score, band in cells}

    def save(self, where: str = "live seeds") -> None:
        self.page.keyboard.press("Control+s")
        self.page.get_by_role("radio", name=where).click()
        self.page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
        self.page.get_by_text("Saved:").wait_for()
        self.page.get_by_role("button", name="Close").click()


@contextmanager
def served(environment: Mapping[str, str], *arguments: str) -> Iterator[str]:
    """The address of a studio, with the environment in which its commands find a warehouse."""
    command = [sys.executable, "-m", "scripts", "studio", *arguments]
    with subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield next(line.strip() for line in process.stdout if "token=" in line)
        finally:
            process.terminate()


@contextmanager
def opened(browser: Browser, address: str, width: int = 1280) -> Iterator[Studio]:
    """A page of a studio, of which it is told if it fails or asks for anything from elsewhere."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    studio = Studio(page)
    page.goto(address)
    page.locator(".ag-row").first.wait_for()
    try:
        yield studio
    finally:
        page.close()
        assert studio.errors == []
    assert studio.outside == []


@pytest.fixture(scope="module")
def shared(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio for tests that save nothing."""
    with served(copied(history, tmp_path_factory.mktemp("shared"))) as address:
        yield address


@pytest.fixture
def studio(browser: Browser, shared: str) -> Iterator[Studio]:
    """A page of the shared studio, whose edits are undone afterwards."""
    with opened(browser, shared) as page:
        yield page
        page.page.keyboard.press("Escape")
        undo = page.page.get_by_label("Undo (Ctrl+Z)")
        while undo.is_enabled():
            undo.click(force=True)  # the last one's answer may come before this click
            page.page.wait_for_timeout(100)


@pytest.fixture
def place(history: Path, tmp_path: Path) -> dict[str, str]:
    """The environment that commands need to use a copy of the small warehouse."""
    return copied(history, tmp_path)


def copied(history: Path, parent: Path) -> dict[str, str]:
    folder = parent / "copy"
    shutil.copytree(history, folder)
    return {
        "LEADS_WAREHOUSE": str(folder / "leads.duckdb"),
        "LEADS_SEEDS": str(folder / "seeds"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def seeds(place: Mapping[str, str]) -> dict[str, str]:
    folder = Path(place["LEADS_SEEDS"])
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.rglob("*.csv"))}


def differing(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


FIVE = (
    ("Attributes", "attribute_points", 0, "points", "14"),
    ("Events", "event_points", 0, "points", "7"),
    ("Bands", "score_bands", 1, "lower_bound", "12"),
    ("Groups", "score_groups", 0, "max_points", "30"),
    ("Attributes", "attribute_points", 1, "reason", 'Keeps a "shop", we hear'),
)


def test_edits_are_shown_as_the_engine_finds_them_and_saved_as_the_lines_that_were_edited(
    browser: Browser, place: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seeds(place)
    with served(place) as address, opened(browser, address) as studio:
        first = studio.version
        for title, _, row, column, text in FIVE:
            studio.table(title)
            studio.type(row, column, text)
        studio.settle(first, len(FIVE))
        bands, movers = studio.bands(), studio.movers()
        studio.save()
        after = seeds(place)

    assert before.keys() == after.keys()
    for name, text in before.items():
        rows = list(csv.DictReader(text.splitlines()))
        touched = {row for _, table, row, *_ in FIVE if table == name}
        assert len(differing(text, after[name])) == 2 * len(touched)
        for _, table, row, column, value in FIVE:
            if table == name:
                rows[row][column] = value
        assert list(csv.DictReader(after[name].splitlines())) == rows

    for name, value in place.items():
        monkeypatch.setenv(name, value)
    with previewing() as preview:
        found = preview.effect(Path(place["LEADS_SEEDS"]), movers=None)
    assert found.moved > 100
    for band, now, then in bands:
        assert now == sum(leads for was, _, leads in found.bands if was == band)
        assert then == sum(leads for _, will, leads in found.bands if will == band)
    assert sum(then for _, _, then in bands) == found.leads
    assert list(movers) == [mover.lead_id for mover in found.movers[:MOST_MOVERS]]


def test_keys_alone_edit_undo_and_save(browser: Browser, place: dict[str, str]) -> None:
    before = seeds(place)
    with served(place) as address, opened(browser, address) as studio:
        press = studio.page.keyboard.press
        for _ in range(60):
            press("Tab")
            if studio.page.evaluate(
                "!!document.activeElement.closest('.ag-header-cell, .ag-cell')"
            ):
                break
        press("ArrowDown")
        for _ in range(30):
            column = studio.page.evaluate("Studio.api.getFocusedCell()?.column.getColId()")
            if column == "points":
                break
            press("ArrowRight")
        studio.page.keyboard.type("33")
        press("Enter")
        undo = studio.page.get_by_label("Undo (Ctrl+Z)")
        expect(undo).to_be_enabled()
        press("Control+z")
        expect(undo).to_be_disabled()
        press("Control+y")
        expect(undo).to_be_enabled()
        press("Control+s")
        studio.page.get_by_text("@@").first.wait_for()
        press("Enter")
        studio.page.get_by_text("Saved:").wait_for()
    after = seeds(place)
    changed = {name: differing(before[name], after[name]) for name in before}
    (lines,) = (lines for lines in changed.values() if lines)
    assert len(lines) == 2
    assert ",33," in lines[1]


def test_rows_are_added_copied_and_deleted_by_keys(studio: Studio) -> None:
    studio.table("Groups")
    rows = studio.page.locator(".ag-center-cols-container .ag-row")
    studio.cell(0, "score_group")
    studio.page.keyboard.press("Control+d")
    expect(rows).to_have_count(5)
    studio.leave_editor()
    studio.page.keyboard.press("Insert")
    expect(rows).to_have_count(6)
    studio.leave_editor()
    studio.page.keyboard.press("Control+Delete")
    expect(rows).to_have_count(5)
    studio.page.keyboard.press("Control+z")
    studio.page.keyboard.press("Control+z")
    studio.page.keyboard.press("Control+z")
    expect(rows).to_have_count(4)


def test_a_block_that_a_spreadsheet_copied_is_one_edit_and_may_add_rows(studio: Studio) -> None:
    """The last band of the last model, and what comes below it."""
    page = studio.page
    studio.table("Bands")
    rows = page.locator(".ag-center-cols-container .ag-row")
    expect(rows).to_have_count(12)
    studio.cell(11, "lower_bound")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('25\\tWrite\\r\\n30\\tCall\\r\\n')")
    page.keyboard.press("Control+v")
    expect(rows).to_have_count(13)

    def shown(row: int) -> list[str]:
        cells = page.locator(f'.ag-row[row-index="{row}"] .ag-cell')
        columns = ("score_model", "band", "lower_bound", "next_action")
        found = {cell.get_attribute("col-id"): cell.inner_text() for cell in cells.all()}
        return [found[name] for name in columns]

    assert shown(11) == ["learns", "sales_ready", "25", "Write"]
    assert shown(12) == ["learns", "", "30", "Call"]
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(12)
    assert shown(11) == ["learns", "sales_ready", "20", ""]


SCRIPT = "<img src=x onerror=\"document.title='taken over'\">"


def test_what_stands_in_cells_is_shown_as_text(studio: Studio) -> None:
    title = studio.page.title()
    studio.type(0, "attribute", SCRIPT)
    studio.type(0, "reason", SCRIPT)
    studio.type(1, "points", SCRIPT)
    studio.page.get_by_text("is no number").first.wait_for()
    studio.page.locator(".ag-cell.studio-error[col-id=points]").hover()
    studio.page.locator(".ag-tooltip").wait_for()
    assert SCRIPT[:30] in studio.page.locator(".ag-tooltip").inner_text()
    studio.cell(0, "attribute")
    studio.page.keyboard.press("Enter")
    studio.page.keyboard.press("Escape")
    studio.page.keyboard.press("Control+s")
    studio.page.get_by_text("must be mended").wait_for()
    assert studio.page.locator("img[src=x]").count() == 0
    assert studio.page.title() == title
    assert studio.page.get_by_text(SCRIPT).count() > 0


def test_an_error_is_told_in_its_cell_and_in_a_list_that_leads_there(studio: Studio) -> None:
    studio.table("Bands")
    studio.type(1, "lower_bound", "ten")
    studio.page.locator(".ag-cell.studio-error[col-id=lower_bound]").wait_for()
    studio.table("Models")
    studio.page.get_by_role("button", name="score_bands, line 3").click()
    studio.page.locator(".ag-cell-focus[col-id=lower_bound]").wait_for()
    studio.page.keyboard.press("Control+s")
    save = studio.page.get_by_role("dialog").get_by_role("button", name="Save", exact=True)
    expect(save).to_be_disabled()


def test_golden_leads_that_would_fail_the_build_are_told_before_saving(studio: Studio) -> None:
    """Media is worth 10 points, and 20 are the bound of sales_ready."""
    studio.table("Golden leads")
    before = studio.version
    studio.page.get_by_role("button", name="Add row").click()
    studio.leave_editor()
    cells = {"persona": "reader", "attribute": "industry", "value": "Media"}
    for column, text in (cells | {"expected_band": "sales_ready"}).items():
        studio.type(0, column, text)
    studio.settle(before, 5)
    studio.page.keyboard.press("Control+s")
    dialog = studio.page.get_by_role("dialog")
    expect(dialog.get_by_text("1 golden lead would land in another band")).to_be_visible()


def test_who_opened_a_proposal_saves_into_it_unless_they_choose_otherwise(
    browser: Browser, place: dict[str, str], tmp_path: Path
) -> None:
    proposal = tmp_path / "proposal" / "points"
    proposal.mkdir(parents=True)
    before = seeds(place)["score_bands"]
    (proposal / "score_bands.csv").write_text(before, "utf-8")
    with served(place, str(proposal.parent)) as address, opened(browser, address) as studio:
        studio.table("Bands")
        studio.type(1, "lower_bound", "12")
        studio.page.keyboard.press("Control+s")
        studio.page.get_by_text("@@").first.wait_for()
        studio.page.keyboard.press("Control+s")
        studio.page.get_by_text("Saved: ").wait_for()
        expect(studio.page.get_by_text("There is nothing to save there.")).to_have_count(0)
    assert len(differing(before, (proposal / "score_bands.csv").read_text("utf-8"))) == 2
    assert seeds(place)["score_bands"] == before


def test_a_cell_that_somebody_else_saved_meanwhile_is_saved_once_one_chose(
    browser: Browser, place: dict[str, str]
) -> None:
    (file,) = Path(place["LEADS_SEEDS"]).rglob("score_bands.csv")
    before = file.read_text("utf-8")
    with served(place) as address, opened(browser, address) as studio:
        studio.table("Bands")
        studio.type(1, "lower_bound", "12")
        studio.type(1, "next_action", "Write")
        theirs = before.replace("guesses,,hot,2,10,", "guesses,,hot,2,11,")
        file.write_text(theirs, "utf-8")
        studio.page.keyboard.press("Control+s")
        dialog = studio.page.get_by_role("dialog")
        dialog.get_by_text("Somebody else saved this table meanwhile.").wait_for()
        dialog.get_by_text("guesses, hot: lower_bound was changed by both").wait_for()
        save = dialog.get_by_role("button", name="Save", exact=True)
        expect(save).to_be_disabled()
        dialog.get_by_role("radio", name="theirs: 11").click()
        save.click()
        studio.page.get_by_text("Saved: ").wait_for()
    after = file.read_text("utf-8")
    assert theirs != before
    assert after == theirs.replace("guesses,,hot,2,11,\n", "guesses,,hot,2,11,Write\n")


def test_the_leads_of_each_band_stand_at_its_bars(studio: Studio) -> None:
    """Media is worth 10 points, which make its leads hot, and 4 do not."""
    before = studio.version
    studio.type(0, "points", "4")
    studio.settle(before, 1)
    bands, words = studio.bands(), studio.words_at_bands()
    assert [name for name, *_ in bands] == ["cold", "hot", "sales_ready"]
    assert bands[1][2] == 0 < bands[1][1]
    names = {name for name, *_ in bands}
    told = Counter(text for text, _ in words if text in names or text[0].isdigit())
    assert told == Counter(str(said) for band in bands for said in band)
    for (_, one), (_, other) in combinations(words, 2):
        is_beside = one[2] <= other[0] or other[2] <= one[0]
        assert is_beside or one[3] <= other[1] or other[3] <= one[1]


def test_what_is_edited_is_told_in_words_before_it_is_saved(studio: Studio) -> None:
    studio.type(0, "points", "4")
    studio.page.keyboard.press("Control+s")
    dialog = studio.page.get_by_role("dialog")
    expect(dialog.get_by_text("guesses, media: points 10 → 4")).to_be_visible()


def test_a_rule_is_made_of_what_the_data_have_with_two_clicks(studio: Studio) -> None:
    studio.page.get_by_role("tab", name="What the data have").click()
    offers = studio.page.locator(".studio-data .ag-center-cols-container .ag-row")
    offers.nth(1).wait_for()
    studio.page.get_by_role("textbox", name="Search").fill("industry soft")
    expect(offers).to_have_count(1)
    offers.locator("[col-id=name]").click()
    studio.page.get_by_role("button", name="New rule").click()
    studio.page.locator(".studio-editor input").fill("6")
    studio.page.keyboard.press("Enter")
    rule = studio.page.locator(".ag-row", has_text="industry_software").first
    expect(rule).to_be_visible()


def test_the_row_that_one_is_in_stays_in_sight_where_there_is_less_room(studio: Studio) -> None:
    """As below a row that was just added, once it is told what it lacks."""
    studio.cell(8, "points")
    studio.page.set_viewport_size({"width": 1280, "height": 460})
    studio.page.wait_for_function(
        """() => {
            const [grid, row] = [".ag-body-viewport", '.ag-row[row-index="8"]'].map((of) =>
                document.querySelector(`.studio-grid ${of}`)?.getBoundingClientRect());
            return row && grid.height < 200 && row.bottom <= grid.bottom + 1;
        }""",
        timeout=20_000,
    )


def test_a_dialog_shows_what_another_tab_edits_and_saves(
    browser: Browser, place: dict[str, str]
) -> None:
    with (
        served(place) as address,
        opened(browser, address) as one,
        opened(browser, address) as other,
    ):
        one.type(0, "points", "4")
        one.page.keyboard.press("Control+s")
        dialog = one.page.get_by_role("dialog")
        dialog.get_by_text("guesses, media: points 10 → 4").wait_for()
        other.type(1, "points", "21")
        dialog.get_by_text("guesses, shop: points 20 → 21").wait_for()
        other.save()
        dialog.get_by_text("There is nothing to save there.").wait_for()
        save = dialog.get_by_role("button", name="Save", exact=True)
        expect(save).to_be_disabled()


def test_what_somebody_else_saves_while_one_looks_is_shown_before_it_is_saved_over(
    browser: Browser, place: dict[str, str]
) -> None:
    (file,) = Path(place["LEADS_SEEDS"]).rglob("score_bands.csv")
    with served(place) as address, opened(browser, address) as studio:
        studio.table("Bands")
        studio.type(1, "lower_bound", "12")
        studio.page.keyboard.press("Control+s")
        dialog = studio.page.get_by_role("dialog")
        dialog.get_by_text("guesses, hot: lower_bound 10 → 12").wait_for()
        file.write_text(file.read_text("utf-8").replace("hot,2,10,", "hot,2,10,Call", 1), "utf-8")
        save = dialog.get_by_role("button", name="Save", exact=True)
        save.click()
        dialog.get_by_text("it is another now: look, and save again").wait_for()
        dialog.get_by_text("Somebody else saved this table meanwhile.").wait_for()
        assert "hot,2,10,Call" in file.read_text("utf-8")
        save.click()
        dialog.get_by_text("Saved: score_bands").wait_for()
    assert "guesses,,hot,2,12,Call" in file.read_text("utf-8")


@pytest.mark.parametrize("width", [1280, 1920])
def test_nothing_lies_beyond_the_page(browser: Browser, shared: str, width: int) -> None:
    with opened(browser, shared, width) as studio:
        assert studio.version > 0
        beyond = studio.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert beyond <= 0
        for name in ("Add row", "Copy row", "Delete row", "Save …"):
            box = studio.page.get_by_role("button", name=name).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


# Columns of each table, and what may be put there whatever else stands in the row.
VALUES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "attribute_points": (
        ("points", ("-7", "2", "4.5", "9", "17")),
        ("reason", ('Said "yes", twice', "In a region that buys")),
    ),
    "event_points": (
        ("points", ("1", "2.25", "6", "12")),
        ("max_events", ("1", "2", "7")),
        ("reason", ("Came, saw and asked",)),
    ),
    "inactivity_points": (("points", ("-3", "-9")), ("silent_days", ("20", "41"))),
    "score_bands": (("next_action", ("Write, then call", "Wait")),),
    "score_groups": (("max_points", ("40", "60", "75")), ("weight", ("0.5", "1.25"))),
    "golden_leads": (("description", ("Worked out, by hand",)),),
    "grade_matrix": (("priority", ("1", "2", "4")),),
    "grade_bounds": (),
    "score_models": (("description", ("Half, and half",)),),
}


def random_edit(
    draw: random.Random, now: Mapping[str, list[dict[str, str]]]
) -> tuple[str, int, str, str]:
    """A table, row, column and value that leave the seeds sound, and change them."""
    while True:
        table = draw.choice(list(VALUES))
        row = draw.randrange(len(now[table]))
        cells = now[table][row]
        if table in ("score_bands", "grade_bounds") and cells["lower_bound"]:
            # Bounds lie more than 2 apart, so that they stay in order.
            column, value = "lower_bound", f"{float(cells['lower_bound']) + draw.choice((-1, 1)):g}"
        elif VALUES[table]:
            column, values = draw.choice(VALUES[table])
            value = draw.choice(values)
        else:
            continue
        is_rule_without_points = cells.get("effect") not in (None, "", "points")
        if cells[column] != value and not (column == "points" and is_rule_without_points):
            return table, row, column, value


# So many edits at once, each so many of which a build is held against.
BATCHES, EDITS = 4, 25

# As `dbt build`, but what a persona that lands elsewhere keeps from being built is built.
BUILD = ("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")


@pytest.mark.slow
def test_a_hundred_edits_are_shown_as_a_build_with_the_saved_seeds_has_them(
    browser: Browser, sample: tuple[Warehouse, RunResult], tmp_path: Path
) -> None:
    draw = random.Random(27)
    live = tmp_path / "seeds"
    shutil.copytree(SEEDS / "points", live / "points")
    with sample[0].copied(tmp_path / "sample") as warehouse:
        place = {**warehouse.environment, "LEADS_SEEDS": str(live)}
        with served(place) as address:
            for batch in range(BATCHES):
                before = seeds(place)
                now = {name: cells_of(text) for name, text in before.items()}
                with opened(browser, address) as studio:
                    version = studio.version
                    for _ in range(EDITS):
                        table, row, column, value = random_edit(draw, now)
                        studio.table(TITLES[table])
                        studio.type(row, column, value)
                        now[table][row][column] = value
                    studio.settle(version, EDITS)
                    summary = studio.page.get_by_text("leads move.").inner_text()
                    bands, movers = studio.bands(), studio.movers()
                    studio.save()
                after = seeds(place)
                for name, text in after.items():
                    assert cells_of(text) == now[name]
                    pairs = zip(cells_of(before[name]), now[name], strict=True)
                    edited = sum(was != will for was, will in pairs)
                    assert len(differing(before[name], text)) == 2 * edited
                with warehouse.copied(tmp_path / f"built-{batch}") as built:
                    said = built.dbt(*BUILD, LEADS_SEEDS=seed_path(str(live)))
                    assert said.endswith("exit 0"), said
                    compare(warehouse, built, summary, bands, movers)


@pytest.mark.slow
def test_a_proposal_is_built_and_published_from_the_page_which_then_says_what_now_is(
    browser: Browser, sample: tuple[Warehouse, RunResult], tmp_path: Path
) -> None:
    live = seeds({"LEADS_SEEDS": str(SEEDS)})["score_bands"]
    with (
        sample[0].copied(tmp_path / "sample") as warehouse,
        served(warehouse.environment) as address,
        opened(browser, address) as studio,
    ):
        assert studio.version > 0
        studio.table("Bands")
        studio.type(4, "next_action", "Wait a while")
        studio.save("a proposal")
        studio.page.keyboard.press("Control+s")
        dialog = studio.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Build and publish").click()
        dialog.get_by_text("dbt reads the project").wait_for()
        dialog.get_by_text(re.compile(r"building \w+ \(\d+ of \d+\)")).wait_for(timeout=BUILDING)
        dialog.get_by_text("Built and published: ").wait_for(timeout=BUILDING)
        dialog.get_by_role("button", name="Close").click()
        studio.page.get_by_text("with the proposal, not with the live seeds.").wait_for()
        with duckdb.connect(str(warehouse.folder / "published/leads.duckdb")) as published:
            actions = published.sql(
                """select distinct next_action from marts.lead_score
                where score_model = 'standard' and band = 'cold'"""
            ).fetchall()
    assert actions == [("Wait a while",)]
    assert seeds({"LEADS_SEEDS": str(SEEDS)})["score_bands"] == live


def compare(
    live: Warehouse,
    built: Warehouse,
    summary: str,
    bands: list[tuple[str, int, int]],
    movers: dict[str, tuple[str, str]],
) -> None:
    """Hold what the page showed against two builds, lead by lead."""
    query = "select lead_id, score, coalesce(band, 'none') from marts.lead_score"
    was, will = (
        {str(lead): (Decimal(str(score)), str(band)) for lead, score, band in of.query(query)}
        for of in (live, built)
    )
    assert was.keys() == will.keys()
    moved = {lead for lead in was if was[lead] != will[lead]}
    assert summary == f"{len(moved):,} of {len(was):,} leads move."
    shown = {band: (now, then) for band, now, then in bands}
    assert shown == {
        band: tuple(sum(of == band for _, of in side.values()) for side in (was, will))
        for band in dict.fromkeys(band for side in (was, will) for _, band in side.values())
    }
    assert len(movers) == min(len(moved), MOST_MOVERS)
    for lead, (scores, in_bands) in movers.items():
        (score_now, band_now), (score_then, band_then) = was[lead], will[lead]
        assert scores == f"{points_text(score_now)} → {points_text(score_then)}"
        assert in_bands == " → ".join(dict.fromkeys((band_now, band_then)))

    def by(lead: str) -> Decimal:
        return abs(will[lead][0] - was[lead][0])

    least = min(map(by, movers), default=Decimal(0))
    assert all(by(lead) <= least for lead in moved - movers.keys())


def cells_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))
