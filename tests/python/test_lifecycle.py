"""When a lead reached a stage, and which lead a deal counts for: one small story each.

The rules are those of `lead_lifecycle` and `opportunity` in `_funnel__models.yml`. All happens in
the first months of 2025, and the clock is 31 March. The champion is `old`, for which a request for
a demo is worth 20, and from 1 February on `new`, for which it is worth nothing but a webinar 40;
from 15 a lead is hot, and MQL, from 30 very hot. Keen is who made two visits in seven days and
looked at prices in the last three; no rule asks for it, it only makes an IQL. A contact by sales is
a call, or a webinar of half an hour.
"""

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from tests.warehouse import Row, build

MODELS = ("+lead_lifecycle", "+opportunity", "+opportunity_lead", "+funnel")


def rows(columns: str, text: str) -> list[Row]:
    """Rows of a table written with | between cells; an empty cell is left out."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [
        {column: cell for column, cell in zip(columns.split(), cells, strict=True) if cell}
        for cells in lines
    ]


SEEDS: dict[str, list[Row]] = {
    "score_models": rows(
        "score_model role min_score max_score live_from",
        "old | champion | 0 | 100 |\nnew | champion | 0 | 100 | 2025-02-01",
    ),
    "score_groups": [
        {"score_model": model, "score_group": "all", "kind": "engagement"}
        for model in ("old", "new")
    ],
    "score_bands": [
        {"score_model": model, "band": band, "band_order": order, "lower_bound": bound}
        for model in ("old", "new")
        for order, (band, bound) in enumerate(
            [("cold", ""), ("hot", "15"), ("very_hot", "30")], start=1
        )
    ],
    "event_points": rows(
        "score_model rule_id score_group event_key points",
        "old | demo | all | demo_request | 20\nnew | webinar | all | webinar_attendance | 40",
    ),
    "segments": rows(
        "segment attribute operator lower event_key window_days",
        "keen | visits_last_7_days | at_least | 2 | |\nkeen | | | | pricing_page | 3",
    ),
    "lifecycle_stages": rows(
        "stage source value priority",
        """
        iql | segment | keen | 1
        mql | band | hot | 1
        sql | feedback | accepted | 1
        trial | event_key | trial_start | 1
        opportunity | opportunity | opened | 1
        customer | opportunity | won | 1
        customer | payment | made | 2
        lost | opportunity | lost | 1
        lost | feedback | rejected | 2
        recycled | event_key | lead_recycled | 1
        """,
    ),
    "kpi_events": rows("kpi_event event_key", "contact | long_webinar\ncontact | call_connected"),
    **{
        name: []
        for name in (
            "attribute_points",
            "inactivity_points",
            "golden_leads",
            "grade_bounds",
            "grade_matrix",
        )
    },
}

# A lead came in on 1 January at noon, unless said.
LEADS = """
skips | | |
repeats | | |
disordered | 2025-01-10 | |
reopened_won | | |
reopened_lost | | |
reopened_open | | |
won_twice | | |
reversed_paid | | |
three_deals | | |
ann | 2025-01-02 | ann@a.example |
ann_again | | Ann@A.example |
caller | | |
decider | | |
adviser | | |
boss_a | | |
boss_b | | |
rejected | | |
rejected_deal | | |
recycled | | |
recycled_before | | |
recycled_twice | | |
recycled_lost | | |
recycled_open | | |
keen | | |
too_slow | | |
keen_before | 2025-01-10 | |
demo_january | | |
demo_february | | |
webinar_january | | |
webinar_february | | |
"""

EVENTS = """
repeats | trial_start | 2025-01-05T09:00 |
repeats | trial_start | 2025-01-03T09:00 |
disordered | trial_start | 2025-01-04T09:00 |
disordered | demo_request | 2025-01-20T09:00 |
recycled | lead_recycled | 2025-02-10T09:00 |
recycled_before | lead_recycled | 2025-01-15T09:00 |
recycled_twice | lead_recycled | 2025-01-15T09:00 |
recycled_twice | lead_recycled | 2025-02-10T09:00 |
recycled_twice | lead_recycled | 2025-03-10T09:00 |
recycled_lost | lead_recycled | 2025-02-10T09:00 |
recycled_open | lead_recycled | 2025-02-10T09:00 |
keen | page_visit | 2025-01-10T09:00 | https://a.example/pricing
keen | page_visit | 2025-01-11T09:00 | https://a.example/blog
keen | page_visit | 2025-01-12T09:00 | https://a.example/pricing
too_slow | page_visit | 2025-01-10T09:00 | https://a.example/pricing
too_slow | page_visit | 2025-01-13T09:00 | https://a.example/blog
too_slow | page_visit | 2025-02-13T09:00 | https://a.example/pricing
keen_before | page_visit | 2025-01-09T09:00 | https://a.example/pricing
keen_before | page_visit | 2025-01-08T09:00 | https://a.example/blog
demo_january | demo_request | 2025-01-20T09:00 |
demo_february | demo_request | 2025-02-20T09:00 |
webinar_january | webinar_attendance | 2025-01-20T09:00 |
webinar_february | webinar_attendance | 2025-02-20T09:00 |
"""

# Seconds too. The first was landed as a call, and then as what it was.
CONTACTS = """
c1 | repeats | call_connected | 2025-01-07T10:00 |
c1 | repeats | page_visit | 2025-01-07T10:00 |
c2 | repeats | call_connected | 2025-01-06T09:00 |
c3 | repeats | webinar_attendance | 2025-01-07T11:00 | 60
c4 | repeats | webinar_attendance | 2025-01-08T15:00 | 1800
c5 | repeats | call_connected | 2025-01-09T09:00 |
"""

# Opportunity, lead, opened, this version's day, won, closed; a later row is a later version.
DEALS = """
skips-1 | skips | 2025-01-10T09:00 | 2025-01-20 | true | 2025-01-20T09:00
disordered-1 | disordered | 2025-01-08T12:00 | 2025-01-08 | |
reopened_won-1 | reopened_won | 2025-01-10T09:00 | 2025-01-20 | false | 2025-01-20T09:00
reopened_won-1 | reopened_won | 2025-01-10T09:00 | 2025-02-01 | |
reopened_won-1 | reopened_won | 2025-01-10T09:00 | 2025-02-20 | true | 2025-02-20T09:00
reopened_lost-1 | reopened_lost | 2025-01-10T09:00 | 2025-01-20 | true | 2025-01-20T09:00
reopened_lost-1 | reopened_lost | 2025-01-10T09:00 | 2025-02-20 | false | 2025-02-20T09:00
reopened_open-1 | reopened_open | 2025-01-10T09:00 | 2025-01-20 | true | 2025-01-20T09:00
reopened_open-1 | reopened_open | 2025-01-10T09:00 | 2025-02-20 | |
won_twice-1 | won_twice | 2025-01-10T09:00 | 2025-01-20 | true | 2025-01-20T09:00
won_twice-1 | won_twice | 2025-01-10T09:00 | 2025-02-20 | true | 2025-02-20T09:00
reversed_paid-1 | reversed_paid | 2025-01-10T09:00 | 2025-01-20 | true | 2025-01-20T09:00
reversed_paid-1 | reversed_paid | 2025-01-10T09:00 | 2025-02-20 | false | 2025-02-20T09:00
three_deals-1 | three_deals | 2025-01-10T09:00 | 2025-01-20 | false | 2025-01-20T09:00
three_deals-2 | three_deals | 2025-01-15T09:00 | 2025-02-20 | true | 2025-02-20T09:00
three_deals-3 | three_deals | 2025-01-05T09:00 | 2025-02-10 | true | 2025-02-10T09:00
ann-1 | ann | 2025-01-10T09:00 | 2025-01-10 | |
ann-1 | ann_again | 2025-01-10T09:00 | 2025-01-20 | true | 2025-01-20T09:00
ann-2 | ann_again | 2025-01-12T09:00 | 2025-01-12 | |
named-1 | | 2025-01-10T09:00 | 2025-01-10 | |
own-1 | boss_a | 2025-01-11T09:00 | 2025-01-11 | |
two-1 | | 2025-01-12T09:00 | 2025-01-12 | |
rejected_deal-1 | rejected_deal | 2025-01-10T09:00 | 2025-02-20 | false | 2025-02-20T09:00
recycled-1 | recycled | 2025-01-10T09:00 | 2025-01-20 | false | 2025-01-20T09:00
recycled_before-1 | recycled_before | 2025-01-10T09:00 | 2025-01-20 | false | 2025-01-20T09:00
recycled_twice-1 | recycled_twice | 2025-01-10T09:00 | 2025-01-20 | false | 2025-01-20T09:00
recycled_lost-1 | recycled_lost | 2025-01-10T09:00 | 2025-01-20 | false | 2025-01-20T09:00
recycled_open-1 | recycled_open | 2025-01-10T09:00 | 2025-01-20 | false | 2025-01-20T09:00
recycled_open-2 | recycled_open | 2025-02-20T09:00 | 2025-02-20 | |
"""

# own-1 names its own lead and another as primary; two-1 has no lead of its own and names two.
PARTS = """
ann-1 | ann | true | buyer
ann-1 | ann_again | false | user
named-1 | caller | false | user
named-1 | decider | true | buyer
named-1 | adviser | false |
own-1 | boss_b | true |
own-1 | boss_a | true |
two-1 | boss_b | true |
two-1 | boss_a | true |
"""

FEEDBACK = """
repeats | 2025-01-09T09:00 | accepted
repeats | 2025-01-07T09:00 | accepted
disordered | 2025-01-15T09:00 | accepted
rejected | 2025-01-07T09:00 | rejected
rejected_deal | 2025-01-07T09:00 | rejected
recycled_lost | 2025-03-01T09:00 | rejected
"""

LOST = {"opportunity": "01-10 09:00", "lost": "01-20 09:00"}

# Who reached what, when; nobody reached anything else.
EXPECTED = {
    # A stage that was skipped stays empty: no MQL, no SQL.
    "skips": {"opportunity": "01-10 09:00", "customer": "01-20 09:00"},
    # The first time counts.
    "repeats": {"trial": "01-03 09:00", "sql": "01-07 09:00", "mql": "02-01 00:00"},
    # Each date as it is, however they lie to one another; an event before creation counts then.
    "disordered": {
        "trial": "01-10 12:00",
        "opportunity": "01-08 12:00",
        "sql": "01-15 09:00",
        "mql": "01-20 00:00",
    },
    # A deal is what its current version says.
    "reopened_won": {"opportunity": "01-10 09:00", "customer": "02-20 09:00"},
    "reopened_lost": {"opportunity": "01-10 09:00", "lost": "02-20 09:00"},
    "reopened_open": {"opportunity": "01-10 09:00"},
    "won_twice": {"opportunity": "01-10 09:00", "customer": "02-20 09:00"},
    # No deal is won any more, but something was paid.
    "reversed_paid": {
        "opportunity": "01-10 09:00",
        "lost": "02-20 09:00",
        "customer": "02-01 09:00",
    },
    # Of several deals, the first opened, first won and first lost.
    "three_deals": {
        "opportunity": "01-05 09:00",
        "customer": "02-10 09:00",
        "lost": "01-20 09:00",
    },
    # Two leads of one person: the earlier creation, and ann-1 once.
    "ann_again": {"opportunity": "01-10 09:00", "customer": "01-20 09:00"},
    # The named primary lead has the deal, not the one that it was opened for.
    "caller": {},
    "decider": {"opportunity": "01-10 09:00"},
    "adviser": {},
    # own-1, by its own lead; and two-1, by the lowest lead_id of two that are named.
    "boss_a": {"opportunity": "01-11 09:00"},
    "boss_b": {},
    # Priority 2 counts where priority 1 has no date.
    "rejected": {"lost": "01-07 09:00"},
    "rejected_deal": {"opportunity": "01-10 09:00", "lost": "02-20 09:00"},
    # Given back after the loss; before it is none, and the last time counts.
    "recycled": LOST | {"recycled": "02-10 09:00"},
    "recycled_before": LOST,
    "recycled_twice": LOST | {"recycled": "03-10 09:00"},
    "recycled_lost": LOST | {"recycled": "02-10 09:00"},
    "recycled_open": LOST | {"recycled": "02-10 09:00"},
    # The second visit makes it keen; not the other, whose look at prices was three days old then,
    # and whose next was its only visit of the week.
    "keen": {"iql": "01-11 00:00"},
    "too_slow": {},
    "keen_before": {"iql": "01-10 12:00"},
    # The champion live that day decides. Very hot is past hot.
    "demo_january": {"mql": "01-20 00:00"},
    "demo_february": {},
    "webinar_january": {"mql": "02-01 00:00"},
    "webinar_february": {"mql": "02-20 00:00"},
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("lifecycle")
    leads = [
        {"created_at": "2025-01-01", **row} for row in rows("lead_id created_at email _", LEADS)
    ]
    raw: dict[str, list[Row]] = {
        "leads": [{**lead, "created_at": f"{lead['created_at']}T12:00"} for lead in leads],
        "lead_events": [
            {"event_id": f"e{number}", **row}
            for number, row in enumerate(
                rows("lead_id event_type occurred_at page_url", EVENTS), start=1
            )
        ]
        + rows("event_id lead_id event_type occurred_at duration_seconds", CONTACTS),
        "opportunities": [
            {"stage": "any", **row}
            for row in rows("opportunity_id lead_id created_at updated_at is_won closed_at", DEALS)
        ],
        "opportunity_leads": rows("opportunity_id lead_id is_primary role", PARTS),
        "lead_feedback": [
            {"feedback_id": f"f{number}", **row}
            for number, row in enumerate(rows("lead_id given_at verdict", FEEDBACK), start=1)
        ],
        "payments": [
            {"payment_id": "p1", "lead_id": "reversed_paid", "paid_at": "2025-02-01T09:00"}
            | {"amount": "10"},
            {"payment_id": "p2", "lead_id": "three_deals", "paid_at": "2025-01-02T09:00"}
            | {"amount": "10"},
        ],
    }
    with build(folder, raw, SEEDS, MODELS, as_of="2025-03-31") as connection:
        yield connection


def test_each_stage_has_its_first_date(warehouse: duckdb.DuckDBPyConnection) -> None:
    stages = ("iql", "mql", "sql", "trial", "opportunity", "customer", "lost", "recycled")
    columns = ", ".join(f"{stage}_at" for stage in stages)
    found = {
        lead_id: {stage: f"{at:%m-%d %H:%M}" for stage, at in zip(stages, dates, strict=True) if at}
        for lead_id, *dates in warehouse.sql(
            f"select lead_id, {columns} from marts.lead_lifecycle"
        ).fetchall()
    }
    assert found == EXPECTED


def test_who_was_recycled_after_its_last_loss_may_be_called(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.sql(
        """select lead_id, sales_reason from intermediate.int_lifecycles
        where lead_id like 'recycled%' order by all"""
    ).fetchall()
    assert found == [
        ("recycled", None),
        ("recycled_before", "lost"),
        ("recycled_lost", "lost"),
        ("recycled_open", "open opportunity"),
        ("recycled_twice", None),
    ]


def test_a_negative_duration_is_left_out_and_flagged(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    flagged = warehouse.sql(
        """select lead_id, days_lead_to_opportunity, days_mql_to_sql, days_lead_to_mql
        from marts.lead_lifecycle where has_negative_duration order by all"""
    ).fetchall()
    # From noon on 10 January to midnight of the 20th, and on the 1st to midnight of 1 February.
    assert flagged == [("disordered", None, None, 9.5), ("repeats", None, None, 30.5)]


def test_the_first_contact_is_one_after_the_lead_became_an_sql(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.sql(
        """select lead_id, first_contact_at, hours_sql_to_contact, is_contacted_in_time
        from marts.lead_lifecycle where sql_at is not null order by all"""
    ).fetchall()
    # From nine on the 7th to three on the 8th; nobody called the other, and 72 hours have passed.
    assert found == [
        ("disordered", None, None, False),
        ("repeats", datetime(2025, 1, 8, 15), 30, True),
    ]


def test_the_earliest_creation_of_a_person_counts(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.sql(
        "select lead_at from marts.lead_lifecycle where lead_id in ('ann', 'ann_again')"
    ).fetchall()
    assert found == [(datetime(2025, 1, 1, 12),)]


def test_a_deal_counts_once_and_the_others_of_it_are_kept(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.sql(
        """select opportunity_id, o.lead_id, leads,
            list((p.lead_id, p.is_primary, role) order by p.lead_id)
        from marts.opportunity as o inner join marts.opportunity_lead as p using (opportunity_id)
        where opportunity_id in ('ann-1', 'ann-2', 'named-1', 'own-1', 'two-1')
        group by all order by all"""
    ).fetchall()
    assert found == [
        ("ann-1", "ann_again", 1, [("ann_again", True, "buyer")]),
        ("ann-2", "ann_again", 1, [("ann_again", True, None)]),
        (
            "named-1",
            "decider",
            3,
            [("adviser", False, None), ("caller", False, "user"), ("decider", True, "buyer")],
        ),
        ("own-1", "boss_a", 2, [("boss_a", True, None), ("boss_b", False, None)]),
        (
            "two-1",
            "boss_a",
            2,
            [("boss_a", True, None), ("boss_b", False, None)],
        ),
    ]


def test_the_funnel_counts_leads_not_deals(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = {
        stage: sum(stage in reached for reached in EXPECTED.values())
        for stage in ("iql", "mql", "sql", "trial", "opportunity", "customer")
    }
    (found,) = warehouse.sql(
        """select sum(iqls), sum(mqls), sum(sqls), sum(trials), sum(opportunities), sum(customers)
        from marts.funnel"""
    ).fetchall()
    assert found == tuple(counted.values())
    # Of 22 deals, three of them of one lead, and of three leads two.
    assert warehouse.sql(
        "select count(*), count(distinct lead_id) from marts.opportunity"
    ).fetchall() == [(22, 17)]
