"""What a company's own data say that the sample's do not: deletions, deals of nobody, other names.

One small story each; all happens in the first months of 2025, and the clock is 31 March. Every lead
has 1 point for being there and 10 for a request for a demo.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from tests.python.test_lifecycle import rows
from tests.warehouse import Row, build

MODELS = ("+lead_score", "+lead_score_factors", "+lead_contact_permission", "+funnel",
          "+opportunity", "+data_issues", "+lead_score_history", "+score_quality")  # fmt: skip

SEEDS: dict[str, list[Row]] = {
    "score_models": rows(
        "score_model role min_score max_score live_from", "m | champion | 0 | 100 | 2025-01-01"
    ),
    "score_groups": [{"score_model": "m", "score_group": "all", "kind": "engagement"}],
    "score_bands": rows("score_model band band_order lower_bound", "m | cold | 1 |"),
    "event_points": rows(
        "score_model rule_id score_group event_key points", "m | demo | all | demo_request | 10"
    ),
    "attribute_points": rows(
        "score_model rule_id score_group attribute operator effect points",
        "m | there | all | tenure_days | is_set | points | 1",
    ),
    "lifecycle_stages": rows(
        "stage source value priority",
        "opportunity | opportunity | opened | 1\ncustomer | opportunity | won | 1",
    ),
    "role_mailboxes": [],
    "identity_placeholders": rows("value", "noemail\nundefined\n0"),
    **{
        name: []
        for name in (
            "inactivity_points",
            "golden_leads",
            "grade_bounds",
            "grade_matrix",
            "segments",
        )
    },
}

LEADS = rows(
    "lead_id created_at updated_at email person_id first_name consent_status account_id "
    "merged_into_lead_id is_deleted",
    """
    given | 2025-01-01 | 2025-01-01 | ann@a.example | | | given | | |
    withdrew | 2025-01-05 | 2025-02-01 | ann@a.example | | | opted out | | |
    placeheld1 | 2025-01-01 | | noemail@none.com | | | | | |
    placeheld2 | 2025-01-01 | | noemail@none.com | | | | | |
    undefined1 | 2025-01-01 | | | undefined | | | | |
    undefined2 | 2025-01-01 | | | undefined | | | | |
    zero1 | 2025-01-01 | | | 0 | | | | |
    zero2 | 2025-01-01 | | | 0 | | | | |
    shared1 | 2025-01-01 | | us@s.example | | Ada | | | |
    shared2 | 2025-01-01 | | us@s.example | | Bob | | | |
    shared3 | 2025-01-01 | | us@s.example | | Cyd | | | |
    couple1 | 2025-01-01 | | me@c.example | | Dan | | | |
    couple2 | 2025-01-01 | | me@c.example | | Eve | | | |
    unlisted | 2025-01-01 | | | | | perhaps | | |
    mailed | 2025-01-01 | 2025-01-01 | | | | given | | |
    mailed | 2025-01-01 | 2025-03-01 | new@m.example | | | given | | |
    again | 2025-01-01 | 2025-01-01 | | | | | | |
    again | 2025-01-01 | 2025-03-01 | | | | given | | |
    objects | 2025-01-01 | 2025-01-01 | | | | | | |
    objects | 2025-01-01 | 2025-02-01 | | | | objected | | |
    visited | 2025-02-10 | | | | | | | |
    old1 | 2025-01-02 | | | | | | | | true
    old2 | 2025-01-03 | | | | | | | | true
    merged | 2025-01-20 | | | | | | | |
    late | 2025-01-15 | | | | | | acme | |
    early | 2025-01-10 | | | | | | acme | |
    buyer | 2025-01-01 | | | | | | | |
    """,
)

ALIASES = rows(
    "alias_id lead_id kind",
    """
    cookie | account-login | visitor
    account-login | visited | visitor
    old1 | merged | merged record
    old2 | merged | merged record
    nowhere | nobody | visitor
    """,
)

EVENTS = rows(
    "event_id lead_id event_type occurred_at updated_at is_deleted",
    """
    e1 | cookie | demo_request | 2025-02-01 |  |
    e2 | old1 | demo_request | 2025-02-01 |  |
    e3 | mailed | email_unsubscribe | 2025-02-01 |  |
    e4 | again | email_unsubscribe | 2025-02-01 |  |
    e5 | buyer | demo_request | 2025-02-01 | 2025-02-01 |
    e5 | buyer | demo_request | 2025-02-01 | 2025-02-02 | true
    e6 | early | demo_request | 2025-02-01 | 2025-02-03 |
    e6 | early | demo_request | 2025-02-01 | 2025-02-02 | true
    e7 | nobody | demo_request | 2027-12-24 |  |
    """,
)

DEALS = rows(
    "opportunity_id created_at stage lead_id account_id same_as_opportunity_id closed_at is_won "
    "amount is_deleted",
    """
    by_lead | 2025-02-01 | Won | buyer | acme | | 2025-02-10 | true | 100 |
    by_part | 2025-02-01 | Won |  | acme | | 2025-02-10 | true | 200 |
    by_account | 2025-02-01 | Won |  | acme | | 2025-02-10 | true | 400 |
    too_early | 2025-01-05 | Won |  | acme | | 2025-02-10 | true | 800 |
    nobody | 2025-02-01 | Won | unknown | | | 2025-02-10 | true | 1600 |
    mirror | 2025-02-01 | Won | buyer | | nobodys_own | 2025-02-10 | true | 5 |
    nobodys_own | 2025-02-01 | Won | | | | 2025-02-10 | true | 3200 |
    undated | 2025-02-03 | Won | couple1 | | | | true | 6400 |
    gone | 2025-02-01 | Won | buyer | | | 2025-02-10 | true | 7 |
    gone | 2025-02-01 | Won | buyer | | | 2025-02-10 | true | 7 | true
    lost_mirror | 2025-02-01 | Open | buyer | | unheard_of | | | 9 |
    """,
)

RAW = {
    "leads": LEADS,
    "lead_aliases": ALIASES,
    "lead_events": EVENTS,
    "opportunities": DEALS,
    "opportunity_leads": rows(
        "opportunity_id lead_id is_primary is_deleted",
        """
        by_lead | shared2 | true |
        by_part | couple1 | false |
        by_part | shared1 | true |
        by_part | zero1 | true | true
        unheard_of | buyer | true |
        """,
    ),
    "opportunity_stages": rows("opportunity_id stage entered_at", "unheard_of | Won | 2025-02-01"),
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("own")
    with build(folder, RAW, SEEDS, MODELS, as_of="2025-03-31", names_of_one_person=2) as connection:
        yield connection


def scores(warehouse: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = warehouse.sql("select lead_id, score::int from marts.lead_score").fetchall()
    return dict(found)


def told(warehouse: duckdb.DuckDBPyConnection, issue: str) -> list[str]:
    return [
        str(record)
        for (record,) in warehouse.execute(
            "select record_id from marts.data_issues where issue = ? order by 1", [issue]
        ).fetchall()
    ]


def test_a_value_that_nobody_owns_joins_nobody(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = scores(warehouse)
    assert {"placeheld1", "placeheld2", "undefined1", "undefined2", "zero1", "zero2"} <= set(found)
    assert {"shared1", "shared2", "shared3"} <= set(found)
    assert told(warehouse, "value of too many leads") == ["shared1", "shared2", "shared3"]
    # Two names are still one person, who has them.
    assert "couple1" in found and "couple2" not in found


def test_what_restricts_wins(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.sql(
        """select lead_id, contact_channel, may_contact, consent_status
        from marts.lead_contact_permission where contact_channel in ('phone', 'email')
            and lead_id in ('given', 'unlisted', 'mailed', 'again') order by all"""
    ).fetchall()
    assert found == [
        ("again", "email", True, "given"),  # given after the unsubscribe
        ("again", "phone", True, "given"),
        ("given", "email", False, "withdrawn"),
        ("given", "phone", False, "withdrawn"),
        ("mailed", "email", False, "unsubscribed"),  # a new address is no new consent
        ("mailed", "phone", True, "given"),
        ("unlisted", "email", False, "unknown"),
        ("unlisted", "phone", False, "unknown"),
    ]
    assert told(warehouse, "unknown word of consent") == ["unlisted"]
    (reason,) = warehouse.sql(
        "select not_callable_reason from marts.lead_score where lead_id = 'given'"
    ).fetchall()
    assert reason == ("no consent",)


def test_who_objects_has_no_score_and_stays_in_the_funnel(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for table in (
        *("marts.lead_score", "marts.lead_score_factors", "marts.lead_score_history"),
        *("intermediate.int_days_to_score", "intermediate.int_scored_days"),
    ):
        assert warehouse.sql(f"from {table} where lead_id = 'objects'").fetchall() == []
    (leads,) = warehouse.sql("select sum(leads) from marts.funnel").fetchall()
    # 24 leads, of which twice two are one person, and two were merged into a third.
    assert leads == (20,)


def test_what_was_done_under_another_name_counts(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = scores(warehouse)
    assert (found["visited"], found["merged"], found["late"]) == (11, 11, 1)
    assert not {"old1", "old2", "cookie", "account-login"} & set(found)
    assert told(warehouse, "name of an unknown lead") == ["nowhere"]
    ((lead_at,),) = warehouse.sql(
        "select lead_at from marts.lead_lifecycle where lead_id = 'merged'"
    ).fetchall()
    assert lead_at == datetime(2025, 1, 2)


def test_an_event_whose_current_version_is_deleted_never_was(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = scores(warehouse)
    assert (found["buyer"], found["early"]) == (1, 11)


def test_a_deal_ties_to_a_lead_or_counts_on_its_own(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.sql(
        "select opportunity_id, lead_id, channel, leads from marts.opportunity order by all"
    ).fetchall()
    assert found == [
        ("by_account", "early", "(none)", 1),
        ("by_lead", "buyer", "(none)", 2),
        ("by_part", "shared1", "(none)", 2),
        ("lost_mirror", "buyer", "(none)", 1),
        ("nobody", None, "(none)", 0),
        ("nobodys_own", "buyer", "(none)", 1),
        ("too_early", None, "(none)", 0),
        ("undated", "couple1", "(none)", 1),
    ]
    assert told(warehouse, "opportunity without a lead") == ["nobody", "too_early"]
    assert told(warehouse, "opportunities of an unknown lead") == ["unknown"]
    assert told(warehouse, "mirrors an unknown opportunity") == ["lost_mirror"]
    assert told(warehouse, "stages of an unknown opportunity") == ["unheard_of"]
    assert told(warehouse, "parts of an unknown opportunity") == ["unheard_of"]
    (totals,) = warehouse.sql(
        "select sum(opportunities), sum(customers), sum(revenue) from marts.funnel"
    ).fetchall()
    # Leads: buyer, shared1, early, couple1; and two deals of nobody.
    assert totals == (6, 6, Decimal(100 + 200 + 400 + 800 + 1600 + 3200 + 6400))


def test_a_win_without_any_day_counts_and_has_no_duration(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    (found,) = warehouse.sql(
        """select customer_at, days_lead_to_customer, days_opportunity_to_customer
        from marts.lead_lifecycle where lead_id = 'couple1'"""
    ).fetchall()
    assert found == (datetime(2025, 2, 3), None, None)
    assert told(warehouse, "won without a day") == ["undated"]
    statuses = warehouse.sql(
        "select distinct status from intermediate.int_evaluation_leads where lead_id = 'couple1'"
    ).fetchall()
    assert statuses == [("undated",)]


def test_events_of_nobody_do_not_move_the_clock(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("clock")
    payments = rows(
        "payment_id lead_id paid_at amount",
        "p1 | buyer | 2025-03-01 | 10\np2 | buyer | 2026-07-01 | 10",
    )
    models = ("+int_data_end", "+data_issues")
    with build(folder, RAW | {"payments": payments}, SEEDS, models) as connection:
        (clock,) = connection.sql(
            "select clock_date::varchar from intermediate.int_clock"
        ).fetchall()
        assert clock == ("2025-02-10",)  # visited came in then
        (last,) = connection.sql(
            "select last_date::varchar from intermediate.int_data_end"
        ).fetchall()
        assert last == ("2025-03-01",)  # not the year of the mistyped payment
        assert told(connection, "probable slip") == ["p2"]


def test_all_days_are_of_one_zone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In Los Angeles what was landed as a day is that day, and a time is of the day there."""
    raw: dict[str, list[Row]] = {
        "leads": [
            {"lead_id": "of_a_day", "created_at": "2025-04-01", "date_only": "created_at"},
            {"lead_id": "of_a_time", "created_at": "2025-04-01 02:00"},
        ],
        "lead_events": rows(
            "event_id lead_id event_type occurred_at",
            "e1 | of_a_time | demo_request | 2025-04-03 03:00",
        ),
        "opportunities": [
            {
                "opportunity_id": "o1",
                "lead_id": "of_a_day",
                "stage": "Won",
                "created_at": "2025-03-09",
                "closed_at": "2025-04-01",
                "is_won": "true",
                "amount": "10",
                "date_only": "created_at closed_at",
            }
        ],
        "marketing_spend": rows(
            "spend_date channel campaign region cost_type amount",
            "2025-04-01 | (none) | (none) | (none) | (none) | 350",
        ),
    }
    seeds = SEEDS | {
        "score_bands": rows(
            "score_model band band_order lower_bound", "m | cold | 1 |\nm | hot | 2 | 10"
        ),
        "lifecycle_stages": rows(
            "stage source value priority",
            "mql | band | hot | 1\ncustomer | opportunity | won | 1",
        ),
    }
    folder = tmp_path_factory.mktemp("zone")
    with build(
        folder, raw, seeds, MODELS, as_of="2025-04-30", time_zone="America/Los_Angeles"
    ) as connection:
        found = connection.sql(
            """select funnel_date::varchar, leads, mqls, customers, spend
            from marts.funnel order by all"""
        ).fetchall()
        # The demo was asked for at eight in the evening of the 2nd; there it made the MQL.
        assert found == [
            ("2025-03-31", 1, 0, 0, None),
            ("2025-04-01", 1, 0, 1, Decimal(350)),
            ("2025-04-02", 0, 1, 0, None),
        ]
        (history,) = connection.sql(
            """select min(valid_from)::varchar from marts.lead_score_history
            where lead_id = 'of_a_time' and band = 'hot'"""
        ).fetchall()
        assert history == ("2025-04-02",)
