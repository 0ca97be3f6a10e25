"""The page of the studio on which a lead is tested, in a real browser."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.scoring.explain import Beside, Explanation, Reason
from scripts.scoring.studio.waterfall import options, steps
from tests.python.test_studio_page import (
    CHROMIUM,
    Studio,
    browser,
    copied,
    differing,
    opened,
    seeds,
    served,
)

__all__ = ["browser"]

in_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def place(history: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return copied(history, tmp_path_factory.mktemp("leads"))


@pytest.fixture(scope="module")
def address(place: dict[str, str]) -> Iterator[str]:
    with served(place) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, of a studio whose seeds are as they were saved last."""
    with opened(browser, address) as studio:
        leave_points(studio.page)
        yield studio.page


def leave_points(page: Page) -> None:
    """Go to the tab of a lead, until that of points, with scores too, is out of sight."""
    page.get_by_role("tab", name="Test a lead").click()
    expect(page.locator(".ag-root")).to_have_count(0)


def lead(place: dict[str, str], industry: str) -> str:
    """The first lead of an industry, whose one email it opened is worth 5 points."""
    with duckdb.connect(place["LEADS_WAREHOUSE"], read_only=True) as connection:
        ((lead_id,),) = connection.execute(
            "select min(lead_id) from raw.leads where industry = ?", [industry]
        ).fetchall()
    return str(lead_id)


def ask(page: Page, lead_id: str) -> None:
    page.get_by_label("Lead's id").fill(lead_id)
    page.get_by_label("Lead's id").press("Enter")


def first_chart(page: Page) -> list[str]:
    """The words beside the bars."""
    page.locator(".nicegui-echart canvas").first.wait_for()
    return list(
        page.evaluate(
            """() => {
                const shown = document.querySelectorAll(".q-tab-panel .nicegui-echart");
                const last = shown[shown.length - 1];
                return getElement(Number(last.id.slice(1))).chart.getOption().yAxis[0].data;
            }"""
        )
    )


@in_browser
def test_a_lead_is_found_by_how_its_id_begins_and_explained(
    page: Page, place: dict[str, str]
) -> None:
    """Retail is worth 20 points and the email 5; 20 are the bound of the highest band."""
    lead_id = lead(place, "Retail")
    page.get_by_label("Lead's id").fill(lead_id[:-1])
    page.get_by_role("button", name=lead_id, exact=True).click()
    page.get_by_text("sales_ready", exact=True).wait_for()
    page.get_by_text("25", exact=True).wait_for()
    page.get_by_text("It is in the highest band that it can be in.").wait_for()
    assert first_chart(page)[-1] == "Score"


@in_browser
def test_a_fault_is_one_sentence_and_shown_as_text(page: Page) -> None:
    ask(page, "<img src=x>")
    page.get_by_text("no lead '<img src=x>' was landed").wait_for()
    assert page.locator("img").count() == 0


@in_browser
def test_an_edit_is_shown_beside_now(
    browser: Browser,
    address: str,
    place: dict[str, str],
) -> None:
    """Media is worth 14 points for 10; a lead that does more stays what it is."""
    with opened(browser, address) as studio:
        before = studio.version
        studio.type(0, "points", "14")
        studio.settle(before, 1)
        leave_points(studio.page)
        ask(studio.page, lead(place, "Media"))
        studio.page.get_by_text("15 → 19", exact=True).wait_for()
        studio.page.get_by_text("1 point to the band sales_ready").wait_for()
        studio.page.get_by_label("Undo (Ctrl+Z)").click()
        studio.page.get_by_text("15", exact=True).wait_for()


@in_browser
def test_a_lead_that_moves_is_shown_in_the_tab_in_which_it_was_chosen(
    browser: Browser, address: str
) -> None:
    with opened(browser, address) as studio, opened(browser, address) as other:
        before = studio.version
        studio.type(0, "points", "14")
        studio.settle(before, 1)
        studio.page.locator(".studio-movers tbody .q-btn").first.click()
        expect(studio.page.get_by_label("Lead's id")).to_be_visible()
        studio.page.get_by_text("What would lift it a band").wait_for()
        expect(other.page.get_by_label("Lead's id")).to_have_count(0)
        studio.page.get_by_label("Undo (Ctrl+Z)").click()


@in_browser
def test_a_lead_is_made_up_by_keys_and_saved_as_a_golden_lead(
    page: Page, place: dict[str, str]
) -> None:
    before = seeds(place)
    page.get_by_role("button", name="One made up").click()
    page.get_by_label("industry", exact=True).fill("Media")
    page.get_by_role("button", name="An event").press("Enter")
    page.get_by_label("event", exact=True).fill("email_open")
    page.get_by_role("button", name="Score it").press("Enter")
    page.get_by_text("15", exact=True).wait_for()
    page.get_by_label("Name, as in").fill("reader")
    page.get_by_role("button", name="Must land in hot").press("Enter")
    page.get_by_text("It is in the table golden_leads, on 2 rows.").wait_for()
    Studio(page).save()
    after = seeds(place)
    assert differing(before["golden_leads"], after["golden_leads"]) == [
        "+ reader,Made up in the studio; score 15,industry,Media,,,,hot,guesses",
        "+ reader,Made up in the studio; score 15,,,email_open,0,1,hot,guesses",
    ]
    assert {name for name in after if after[name] != before[name]} == {"golden_leads"}


@in_browser
@pytest.mark.parametrize("width", [1280, 1920])
def test_no_chart_lies_beyond_the_page(
    browser: Browser,
    address: str,
    place: dict[str, str],
    width: int,
) -> None:
    with opened(browser, address, width) as studio:
        leave_points(studio.page)
        ask(studio.page, lead(place, "Retail"))
        first_chart(studio.page)
        beyond = studio.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert beyond <= 0


def test_the_bars_of_a_waterfall_end_where_the_next_begins_and_at_the_score() -> None:
    """+30 and −50 of fit, +5 of engagement, and +15 by the limit make 0."""
    points = {("fit", "a"): 30, ("fit", "b"): -50, ("engagement", "c"): 5, ("(score)", "d"): 15}
    both = Beside(explanation(points), explanation(points))
    rows = steps(both, (1,))
    assert [row.words for row in rows] == ["Sum of fit", "a", "b", "c", "d", "Score"]
    bars = [(int(bar.low), int(bar.high)) for row in rows for bar in row.bars]
    assert bars == [(-20, 0), (0, 30), (-20, 30), (-20, -15), (-15, 0), (0, 0)]
    held, left, right = options(rows, 0, "Why")["series"]
    assert held["data"] == [0, 0, 0, -15, 0, 0]
    assert [part["value"] for part in left["data"]] == [-20, 0, -20, -5, -15, 0]
    assert [part["value"] for part in right["data"]] == [0, 30, 30, 0, 0, 0]


def explanation(points: dict[tuple[str, str], int]) -> Explanation:
    reasons = [
        Reason(group, rule, rule, Decimal(each), None, None, None, None, Decimal(each))
        for (group, rule), each in points.items()
    ]
    score = Decimal(sum(points.values()))
    return Explanation(
        "l1",
        "m",
        date(2025, 6, 30),
        score,
        "cold",
        None,
        None,
        tuple(reasons),
        score,
        None,
        None,
        (),
        (),
    )
