"""The presets against each example of the published point tables, its sum worked out by hand.

One build scores all presets, since every model scores every lead: the presets' rows are laid
together, and what an example says of a day is true of a lead whose events lie that many days before
the clock.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.overlay import SEEDS
from scripts.shared.paths import PROJECT
from tests.warehouse import build

pytestmark = pytest.mark.slow

PRESETS = PROJECT / "presets"
FOLDERS = sorted(folder for folder in PRESETS.iterdir() if folder.is_dir())
NOON_OF_THE_CLOCK = datetime(2025, 6, 30, 12)
MARTS = ("+lead_score_by_model", "+lead_score_factors")

A, B, C = "saas_fit", "lifecycle_engagement", "global_b2b"
C_TITLE, D, E = "title_in_industry", "score_and_grade", "linear_decay"
F, G, H = "step_decay", "recency_ladder", "once_per_person"

SITE = "https://www.example.com"
EVENTS: dict[str, dict[str, object]] = {
    "blog": {"event_type": "page_visit", "page_url": f"{SITE}/blog/spring-release"},
    "careers": {"event_type": "page_visit", "page_url": f"{SITE}/careers"},
    "case study": {"event_type": "page_visit", "page_url": f"{SITE}/case-studies/webshop"},
    "contact": {"event_type": "form_submit", "page_url": f"{SITE}/contact"},
    "demo link": {"event_type": "email_click", "page_url": f"{SITE}/demo"},
    "demo page": {"event_type": "page_visit", "page_url": f"{SITE}/demo"},
    "launch email": {"event_type": "email_open", "properties": {"email": "launch-2025"}},
    "newsletter": {"event_type": "email_open", "properties": {"email": "newsletter-2025-06"}},
    "pricing": {"event_type": "page_visit", "page_url": f"{SITE}/pricing"},
    "sales question": {"event_type": "support_request", "properties": {"topic": "sales"}},
    "search": {"event_type": "page_visit", "page_url": f"{SITE}/search?q=price"},
    "subscription": {"event_type": "form_submit", "page_url": f"{SITE}/newsletter"},
    "technical question": {"event_type": "support_request", "properties": {"topic": "technical"}},
    "white paper": {
        "event_type": "content_download",
        "page_url": f"{SITE}/resources/whitepaper-integration",
    },
}

Lead = Mapping[str, object]
Event = tuple[str, int, int]  # what, how many days before the clock, how often
Row = dict[str, object]


def did(what: str, *days_before: int, times: int = 1) -> list[Event]:
    """The event, named as in EVENTS or by its event_type, on each of the days."""
    return [(what, days, times) for days in days_before]


@dataclass(frozen=True)
class Example:
    """A lead, what it did, and its score by a preset, worked out in words."""

    model: str
    words: str
    score: str
    lead: Lead
    events: tuple[Event, ...]
    raw_score: str | None
    band: str | None


def example(
    model: str,
    words: str,
    score: str,
    lead: Lead | None = None,
    *events: list[Event],
    raw_score: str | None = None,
    band: str | None = None,
) -> Example:
    flat = tuple(event for several in events for event in several)
    return Example(model, words, score, lead or {}, flat, raw_score, band)


CEO_IN_TECHNOLOGY = {"job_title": "CEO", "industry": "Technology"}
BRITISH_CEO = {**CEO_IN_TECHNOLOGY, "employee_count": 200, "country": "United Kingdom"}
MARKETER = {"job_title": "Marketing Manager"}

EXAMPLES = [
    # A. SaaS fit
    example(
        A,
        "C-level 15 + IT 15 + 600 people 15",
        "45",
        {"job_title": "CEO", "department": "IT", "employee_count": 600},
    ),
    example(
        A,
        "director 10 + finance 10 + 50 people 5",
        "25",
        {"job_title": "Director", "department": "Finance", "employee_count": 50},
    ),
    example(
        A,
        "assistant 0 + marketing 0 + 1000 people 5",
        "5",
        {"job_title": "Assistant", "department": "Marketing", "employee_count": 1000},
    ),
    example(
        A,
        "project manager 10 + department unknown 0 + 49 people 0",
        "10",
        {"job_title": "Project Manager", "employee_count": 49},
    ),
    example(
        A,
        "director 10 + finance 10, both said by the title",
        "20",
        {"job_title": "Finance Director"},
    ),
    *(
        example(A, f"{people} people {points}", points, {"employee_count": people})
        for people, points in [
            (49, "0"),
            (50, "5"),
            (99, "5"),
            (100, "10"),
            (499, "10"),
            (500, "15"),
            (999, "15"),
            (1000, "5"),
        ]
    ),
    # B. Lifecycle engagement
    example(
        B,
        "3 emails opened 15 + 1 clicked 10 + trial 25",
        "50",
        {},
        did("email_open", 9, 6, 3),
        did("email_click", 3),
        did("trial_start", 1),
    ),
    example(
        B,
        "4 emails sent, none opened in 30 days -10, unsubscribed -25",
        "0",
        {},
        did("email_sent", 33, 32, 31, 30),
        did("email_unsubscribe", 1),
        raw_score="-35",
    ),
    example(
        B,
        "booked 25, cancelled -5, booked again 25",
        "45",
        {},
        did("meeting_booked", 20, 3),
        did("meeting_cancelled", 12),
    ),
    example(B, "no email sent, nothing happened", "0", {}, raw_score="0"),
    *(
        example(
            B,
            f"an email sent and opened on the same day, {days} days ago, 5",
            "5",
            {},
            did("email_sent", days),
            did("email_open", days),
            raw_score="5",
        )
        for days in (0, 60)
    ),
    example(
        B,
        "opened long ago 5, a new email sent yesterday",
        "5",
        {},
        did("email_open", 200),
        did("email_sent", 200, 1),
        raw_score="5",
    ),
    *(
        example(
            B,
            f"opened long ago 5, an email sent {days} days ago {silence}",
            str(max(0, 5 + silence)),
            {},
            did("email_open", 200),
            did("email_sent", 200, days),
            raw_score=str(5 + silence),
        )
        for days, silence in [(29, 0), (30, -10)]
    ),
    example(B, "subscribed 5", "5", {}, did("subscription", 4)),
    example(B, "answered an email 15", "15", {}, did("email_reply", 4)),
    example(B, "3 visits to the prices of one day, 10 each", "30", {}, did("pricing", 4, times=3)),
    example(
        B,
        "each twice on a day long ago, once today: 3 × (5 + 25 - 5 + 5 + 10 + 10 + 15 + 25 - 25)",
        "195",
        {},
        *(
            did(what, 300, 300, 0)
            for what in (
                "subscription",
                "meeting_booked",
                "meeting_cancelled",
                "email_open",
                "email_click",
                "pricing",
                "email_reply",
                "trial_start",
                "email_unsubscribe",
            )
        ),
    ),
    # C. Global B2B
    example(
        C,
        "CEO 20 + technology 15 + 200 people 10 + United Kingdom 5 + prices 15, once + webinar 20",
        "85",
        BRITISH_CEO,
        did("pricing", 9, 7, 2, 1),
        did("webinar_attendance", 10),
        band="sales_ready",
    ),
    example(
        C,
        "manager 10 + case study 10 - careers 5 - unsubscribed 10, nothing for retail, 20 or Japan",
        "5",
        {
            "job_title": "Manager",
            "industry": "Retail",
            "employee_count": 20,
            "country": "Japan",
        },
        did("case study", 9),
        did("careers", 8),
        did("email_unsubscribe", 1),
        band="cold",
    ),
    example(
        C,
        "exactly 50: CEO 20 + technology 15 + prices 15",
        "50",
        CEO_IN_TECHNOLOGY,
        did("pricing", 3),
        band="hot",
    ),
    example(
        C,
        "under 50: CEO 20 + technology 15 + prices 15 - support 3",
        "47",
        CEO_IN_TECHNOLOGY,
        did("pricing", 3),
        did("technical question", 2),
        band="warm",
    ),
    example(C, "exactly 25: demo link 25", "25", {}, did("demo link", 3), band="warm"),
    example(
        C,
        "under 25: demo link 25 - support 3",
        "22",
        {},
        did("demo link", 3),
        did("technical question", 2),
        band="cold",
    ),
    example(
        C,
        "exactly 75: CEO 20 + technology 15 + 200 people 10 + United Kingdom 5 + demo link 25",
        "75",
        BRITISH_CEO,
        did("demo link", 3),
        band="sales_ready",
    ),
    example(
        C,
        "under 75: 50 for the British CEO + demo link 25 - support 3",
        "72",
        BRITISH_CEO,
        did("demo link", 3),
        did("technical question", 2),
        band="hot",
    ),
    example(
        C,
        "all there is: 50 for the British CEO + 15 + 10 + 20 + 25 + 5",
        "125",
        BRITISH_CEO,
        *(
            did(what, 5, 3)
            for what in ("pricing", "case study", "webinar_attendance", "demo link", "launch email")
        ),
    ),
    example(
        C,
        "each twice, long ago: 15 + 10 + 20 + 25 + 5 - 10 - 5 - 3",
        "57",
        {},
        *(
            did(what, 300, 299)
            for what in (
                "pricing",
                "case study",
                "webinar_attendance",
                "demo link",
                "launch email",
                "email_unsubscribe",
                "careers",
                "technical question",
            )
        ),
    ),
    example(C, "careers -5, held at 0", "0", {}, did("careers", 3), raw_score="-5"),
    example(C, "the named email 5, twice", "5", {}, did("launch email", 3, 2)),
    example(C, "another email", "0", {}, did("newsletter", 3)),
    example(C, "the demo page 25, by whatever link", "25", {}, did("demo page", 3)),
    example(
        C,
        "prices 15, support about sales",
        "15",
        {},
        did("pricing", 3),
        did("sales question", 3, 2),
    ),
    *(
        example(C, f"prices 15 - {words} 3", "12", {}, did("pricing", 3), *requests)
        for words, requests in [
            ("support not about sales", [did("technical question", 3)]),
            ("support not about sales, twice", [did("technical question", 9, 3)]),
            ("support about nothing that is known", [did("support_request", 3)]),
            (
                "support about sales and about something else",
                [did("sales question", 3, 2, 1), did("technical question", 2)],
            ),
        ]
    ),
    *(
        example(C, f"{people} people {points}", points, {"employee_count": people})
        for people, points in [(49, "0"), (50, "10"), (500, "10"), (501, "0")]
    ),
    *(
        example(C, f"{country} {points}", points, {"country": country})
        for country, points in [("United States", "5"), ("Canada", "5"), ("Germany", "0")]
    ),
    example(C, "a CTO's title 0", "0", {"job_title": "CTO"}),
    example(
        C_TITLE,
        "title in the industry 5 + white paper 10 + demo requested 20",
        "35",
        {**MARKETER, "industry": "Retail"},
        did("white paper", 6),
        did("demo_request", 2),
    ),
    example(
        C_TITLE,
        "title in another industry 0 + white paper 10 + demo requested 20",
        "30",
        {**MARKETER, "industry": "Technology"},
        did("white paper", 6),
        did("demo_request", 2),
    ),
    example(
        C_TITLE,
        "another title in the industry 0",
        "0",
        {"job_title": "Marketing Assistant", "industry": "Retail"},
    ),
    example(
        C_TITLE,
        "white paper 10 + demo requested 20, twice each, long ago",
        "30",
        {},
        did("white paper", 300, 299),
        did("demo_request", 300, 299),
    ),
    # D. Score and grade
    example(
        D,
        "form 50 + search 3 + link 3 + visit 3 + 4 page views 4 - form error 5",
        "58",
        {},
        did("contact", 3),
        did("site_search", 3),
        did("link_click", 3),
        did("blog", 3, times=4),
        did("form_error", 3),
    ),
    example(
        D,
        "visits of 2 days 6 + 3 pages viewed 3 + one of them a search 3",
        "12",
        {},
        did("blog", 5, 3),
        did("search", 3),
    ),
    example(
        D,
        "each twice on a day long ago: 2 × (50 + 3 + 3 - 5), and of 2 pages visit 3 + views 2",
        "107",
        {},
        *(
            did(what, 300, times=2)
            for what in ("contact", "site_search", "link_click", "form_error", "blog")
        ),
    ),
    example(D, "a link in an email 3, twice", "6", {}, did("email_click", 5, 3)),
    example(D, "no upper bound: 30 forms 1500", "1500", {}, did("contact", 3, times=30)),
    # E. Linear decay
    *(
        example(E, f"{points} on day {day}", points, {}, did("contact", day))
        for day, points in [
            (0, "10"),
            (15, "7.5"),  # 10 × 45/60
            (30, "5"),
            (59, "0.1667"),  # 10 × 1/60
            (60, "0"),
            (61, "0"),
        ]
    ),
    example(E, "2 forms on day 0 and 1 on day 30: 2 × 10 + 5", "25", {}, did("contact", 0, 0, 30)),
    # F. Step decay with frequency
    *(
        example(F, f"5 times, {points} on day {day}", points, {}, did("pricing", day, times=5))
        for day, points in [
            (0, "40"),
            (44, "40"),
            (45, "34"),
            (89, "34"),
            (90, "28"),
            (134, "28"),
            (135, "22"),
            (314, "4"),  # 6 steps: 40 × 0.1
            (315, "0"),  # 7 steps would be -0.05
        ]
    ),
    example(F, "2 times, 8 each", "16", {}, did("pricing", 0, times=2)),
    example(F, "7 times, as 5", "40", {}, did("pricing", 0, times=7)),
    example(
        F,
        "7 times, of which the latest 5 count: 3 × 8 + 2 × 8 × 0.85",
        "37.6",
        {},
        did("pricing", 1, times=3),
        did("pricing", 50, times=4),
    ),
    # G. Recency ladder
    *(
        example(G, f"{sum_} for a form {day} days ago", points, {}, did("contact", day))
        for day, sum_, points in [
            (0, "100 × 0.35", "35"),
            (6, "100 × 0.35", "35"),
            (7, "75 × 0.35", "26.25"),
            (13, "75 × 0.35", "26.25"),
            (14, "50 × 0.35", "17.5"),
            (29, "50 × 0.35", "17.5"),
            (30, "0", "0"),
        ]
    ),
    example(G, "100 × 0.35 for the best of 5 forms", "35", {}, did("contact", 6, 6, 9, 20, 40)),
    # H. Once per person
    example(H, "form 20, once for 4", "20", {}, did("contact", 50, 9, 2, times=2)),
    example(
        H,
        "form 20 and download 10, once each, + 5 page visits 5",
        "35",
        {},
        did("contact", 9, 2),
        did("white paper", 8, 1),
        did("blog", 9, times=5),
    ),
    example(
        H,
        "each thrice, long ago: once 30 + 20 + 10 - 20, and page visits 3",
        "43",
        {},
        *(
            did(what, 300, 299, 298)
            for what in ("demo_request", "contact", "white paper", "email_unsubscribe", "blog")
        ),
    ),
    example(
        H, "page visit 1 - unsubscribed 20", "-19", {}, did("blog", 9), did("email_unsubscribe", 1)
    ),
]

TITLES = [  # of which C makes these points, and A finds this role
    ("CEO", "20", "role_c_level"),
    ("Chief Executive Officer", "20", "role_c_level"),
    ("Διευθύνων Σύμβουλος", "20", "role_c_level"),
    ("執行長", "20", "role_c_level"),
    ("ประธานเจ้าหน้าที่บริหาร", "20", "role_c_level"),
    ("Geschäftsführer", "20", "role_c_level"),
    ("Director General", "20", "role_c_level"),
    ("Vice President", "20", None),
    ("VP Sales", "20", None),
    ("總經理", "20", "role_c_level"),
    ("社長", "20", "role_c_level"),
    ("經理", "10", None),
    ("ผู้อำนวยการ", "0", "role_director"),
    ("ผู้ช่วยผู้อำนวยการ", "0", "role_assistant"),
    ("CTO", "0", "role_c_level"),
    ("Assistant to the CEO", "0", "role_assistant"),
    ("Manager", "10", None),
]

IN_GERMANY, IN_TECHNOLOGY = {"country": "Germany"}, {"industry": "Technology"}
OF_200 = {"employee_count": 200}
GRADES: list[tuple[str, str, Lead]] = [  # from D, a third of a letter a point
    ("nothing", "D", {}),
    ("49 people 0", "D", {"employee_count": 49}),
    ("50 people 2", "C-", {"employee_count": 50}),
    ("1000 people 2", "C-", {"employee_count": 1000}),
    ("1001 people 0", "D", {"employee_count": 1001}),
    ("location 1", "D+", IN_GERMANY),
    ("industry 2", "C-", IN_TECHNOLOGY),
    ("title 3", "C", {"job_title": "Director"}),
    ("title 3 + location 1", "C+", {"job_title": "Director", **IN_GERMANY}),
    ("title 3 + department 2", "B-", {"job_title": "IT Director"}),
    ("title 3 + department 2 + location 1", "B", {"job_title": "IT Director", **IN_GERMANY}),
    ("title 3 + department 2 + industry 2", "B+", {"job_title": "IT Director", **IN_TECHNOLOGY}),
    (
        "title 3 + department 2 + industry 2 + location 1",
        "A-",
        {"job_title": "IT Director", **IN_TECHNOLOGY, **IN_GERMANY},
    ),
    (
        "title 3 + department 2 + industry 2 + size 2",
        "A",
        {"job_title": "IT Director", **IN_TECHNOLOGY, **OF_200},
    ),
    (
        "title 3 + department 2 + industry 2 + size 2 + location 1",
        "A+",
        {"job_title": "IT Director", **IN_TECHNOLOGY, **OF_200, **IN_GERMANY},
    ),
]


def lead_id(kind: str, number: int) -> str:
    return f"{kind} {number:03}"


def raw_rows() -> dict[str, list[Row]]:
    """A lead an example, title and grade, and the events of the examples."""
    described = {
        **{lead_id("example", number): case.lead for number, case in enumerate(EXAMPLES)},
        **{lead_id("title", number): {"job_title": t} for number, (t, *_) in enumerate(TITLES)},
        **{lead_id("grade", number): lead for number, (*_, lead) in enumerate(GRADES)},
    }
    created_at = str(NOON_OF_THE_CLOCK - timedelta(days=60))
    leads = [{"lead_id": key, "created_at": created_at, **lead} for key, lead in described.items()]
    happened = [
        (lead_id("example", number), what, NOON_OF_THE_CLOCK - timedelta(days=days))
        for number, case in enumerate(EXAMPLES)
        for what, days, times in case.events
        for _ in range(times)
    ]
    events = [
        {
            "event_id": str(number),
            "lead_id": key,
            "occurred_at": str(at),
            **EVENTS.get(what, {"event_type": what}),
        }
        for number, (key, what, at) in enumerate(happened)
    ]
    return {"leads": leads, "lead_events": events}


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def seeds_of_all_presets() -> dict[str, list[dict[str, str]]]:
    """Their rows in one table a seed, the first champion's model alone as champion."""
    tables: dict[str, list[dict[str, str]]] = {
        file.stem: [] for file in (SEEDS / "points").glob("*.csv")
    }
    for file in sorted(PRESETS.glob("*/*.csv")):
        own = SEEDS / "mapping" / file.name
        rows = tables.setdefault(file.stem, read_rows(own) if own.exists() else [])
        rows += read_rows(file)
    for row in tables["score_models"][1:]:
        row["role"] = "challenger"
    return tables


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    as_of = str(NOON_OF_THE_CLOCK.date())
    folder = tmp_path_factory.mktemp("presets")
    return build(folder, raw_rows(), seeds_of_all_presets(), MARTS, as_of=as_of)


@dataclass(frozen=True)
class Score:
    score: Decimal
    raw_score: Decimal
    band: str
    fit_grade: str | None


@pytest.fixture(scope="module")
def scores(built: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Score]:
    """The score of each lead and model."""
    rows = built.sql(
        "select lead_id, score_model, score, raw_score, band, fit_grade"
        " from marts.lead_score_by_model"
    ).fetchall()
    return {(lead, model): Score(*values) for lead, model, *values in rows}


@pytest.mark.parametrize(
    ("number", "case"),
    list(enumerate(EXAMPLES)),
    ids=[f"{case.model}: {case.words} = {case.raw_score or case.score}" for case in EXAMPLES],
)
def test_example(number: int, case: Example, scores: dict[tuple[str, str], Score]) -> None:
    found = scores[lead_id("example", number), case.model]
    assert found.score == Decimal(case.score)
    assert case.raw_score is None or found.raw_score == Decimal(case.raw_score)
    assert case.band is None or found.band == case.band


@pytest.mark.parametrize(
    ("number", "title", "points", "role"), [(number, *row) for number, row in enumerate(TITLES)]
)
def test_title(
    number: int,
    title: str,
    points: str,
    role: str | None,
    scores: dict[tuple[str, str], Score],
    built: duckdb.DuckDBPyConnection,
) -> None:
    lead = lead_id("title", number)
    assert scores[lead, C].score == Decimal(points)
    assert built.execute(
        "select rule_id from marts.lead_score_factors"
        " where lead_id = ? and score_model = ? and rule_id like 'role_%'",
        [lead, A],
    ).fetchall() == ([(role,)] if role else [])


@pytest.mark.parametrize(
    ("number", "grade"),
    [(number, grade) for number, (_, grade, _) in enumerate(GRADES)],
    ids=[f"{words} = {grade}" for words, grade, _ in GRADES],
)
def test_the_grade_of_fit_stands_beside_the_score(
    number: int, grade: str, scores: dict[tuple[str, str], Score]
) -> None:
    found = scores[lead_id("grade", number), D]
    assert (found.fit_grade, found.score) == (grade, Decimal(0))


def test_the_sum_of_the_log_is_always_the_score(built: duckdb.DuckDBPyConnection) -> None:
    found = built.sql(
        """select count(distinct score_model), count(*) filter (
            score is distinct from coalesce((
                select sum(points) from marts.lead_score_factors as f
                where f.lead_id = s.lead_id and f.score_model = s.score_model
            ), 0)
        ) from marts.lead_score_by_model as s"""
    ).fetchall()
    assert found == [(len(seeds_of_all_presets()["score_models"]), 0)]


def test_the_log_of_once_per_person_has_rules_alone(built: duckdb.DuckDBPyConnection) -> None:
    rules = {row["rule_id"] for row in read_rows(PRESETS / "h_once_per_person/event_points.csv")}
    found = built.execute(
        "select distinct rule_id from marts.lead_score_factors where score_model = ?", [H]
    ).fetchall()
    assert {rule for (rule,) in found} == rules


def test_golden_leads_land_in_their_band(built: duckdb.DuckDBPyConnection) -> None:
    expected = {
        (f"golden lead: {row['persona']}", row["score_model"]): row["expected_band"]
        for row in seeds_of_all_presets()["golden_leads"]
    }
    found = built.sql(
        "select lead_id, score_model, band from intermediate.int_scores"
        " where lead_id like 'golden lead: %'"
    ).fetchall()
    bands = {(lead, model): band for lead, model, band in found}
    assert {key: bands[key] for key in expected} == expected
    assert {model for _, model in expected} == {model for _, model in bands}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_preset_is_whole(folder: Path) -> None:
    """It replaces every point table, so that nothing of the project's own models is left."""
    tables = {file.name for file in (SEEDS / "points").glob("*.csv")}
    assert tables <= {file.name for file in folder.iterdir()}
    report = check_seeds(SEEDS, folder)
    assert (report.errors, report.warnings) == ((), ())
    assert f"`{folder.name}`" in (PRESETS / "README.md").read_text("utf-8")


def test_there_is_a_preset_for_each_letter() -> None:
    assert [folder.name[:2] for folder in FOLDERS] == [f"{letter}_" for letter in "abcdefgh"]
