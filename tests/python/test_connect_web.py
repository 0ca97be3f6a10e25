"""What visitors did, who they are, and what ads cost: small tables by hand, and what is to land."""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from scripts.landing.connecting.query import read_connector
from scripts.landing.contract import landed_id
from tests.connected import connect, query, told, write

EVENTS = """
    select event_id, lead_id, event_type, occurred_at::varchar, page_url, campaign
    from raw.lead_events order by occurred_at, lead_id
"""
ALIASES = """
    select alias_id, lead_id, kind, linked_at::varchar, is_deleted
    from raw.lead_aliases order by alias_id
"""
LEADS = """
    select lead_id, created_at::varchar, email, first_name, company_name
    from raw.leads order by lead_id
"""
SPEND = """
    select spend_date::varchar, channel, campaign, region, cost_type, amount::varchar, currency,
        impressions, clicks
    from raw.marketing_spend order by all
"""


# Google Analytics


def parameters(**values: str) -> str:
    """The parameters of an event as BigQuery has them: a list of names, each with its value."""
    struct = "{{'key': '{}', 'value': {{'string_value': {}, 'int_value': {}}}}}"
    parts = [
        struct.format(key, *(("null", value) if value.isdigit() else (f"'{value}'", "null")))
        for key, value in values.items()
    ]
    kind = "struct(key varchar, value struct(string_value varchar, int_value bigint))[]"
    return f"[{', '.join(parts)}]::{kind}"


def day(*events: tuple[str | int | None, ...]) -> str:
    """A table of a day: what happened, when (microseconds), to whom, and its parameters."""
    lines = []
    for name, moment, visitor, user, values in events:
        told_visitor, told_user = (f"'{text}'" if text else "null" for text in (visitor, user))
        lines.append(
            f"""select '20250301' as event_date, {moment}::bigint as event_timestamp,
                '{name}' as event_name, {values} as event_params,
                {told_visitor}::varchar as user_pseudo_id, {told_user}::varchar as user_id,
                {{'manual_campaign_name': null::varchar}} as collected_traffic_source,
                {{'source': 'google', 'medium': 'cpc', 'name': 'x'}} as traffic_source"""
        )
    return "select * from (" + " union all ".join(lines) + ")"


MARCH_1 = 1_740_819_600_000_000  # 2025-03-01 09:00 UTC


def analytics(folder: Path) -> Path:
    pricing = parameters(
        page_location="https://a.com/pricing", campaign="spring", ga_session_id="7"
    )
    demo = parameters(page_location="https://a.com/demo", form_id="12")
    again = ("page_view", MARCH_1, "v1", None, pricing)
    return write(
        folder,
        {
            "events_20250301": day(
                again,
                ("session_start", MARCH_1, "v1", None, pricing),
                ("form_submit", MARCH_1 + 60_000_000, "v1", "u1", demo),
                ("page_view", MARCH_1 + 70_000_000, None, None, pricing),
            ),
            "events_intraday_20250302": day(
                again,
                ("Trial Started", MARCH_1 + 80_000_000, "v2", "u1", demo),
                ("page_view", MARCH_1 + 90_000_000, "v2", "u2", pricing),
                ("page_view", MARCH_1 + 95_000_000, "v3", "U3@B.com", pricing),
            ),
        },
    )


def test_visits_of_google_analytics_and_who_signed_in(tmp_path: Path) -> None:
    """One that is in two tables is one; a device of two users is nobody's, an address is hashed."""
    connect(tmp_path, "ga4", analytics(tmp_path / "source"))
    found = [row[1:] for row in query(tmp_path, EVENTS)]
    hashed = landed_id("u3@b.com")
    pricing, demo = "https://a.com/pricing", "https://a.com/demo"
    assert found == [
        ("ga:v1", "page_visit", "2025-03-01 09:00:00", pricing, "spring"),
        ("ga:u1", "form_submit", "2025-03-01 09:01:00", demo, None),
        ("ga:u1", "trial_started", "2025-03-01 09:01:20", demo, None),
        ("ga:u2", "page_visit", "2025-03-01 09:01:30", pricing, "spring"),
        (hashed, "page_visit", "2025-03-01 09:01:35", pricing, "spring"),
    ]
    assert query(tmp_path, ALIASES) == [
        ("ga:v1", "ga:u1", "visitor", "2025-03-01 09:01:00", False),
        ("ga:v2", "ga:u1", "visitor", "2025-03-01 09:01:20", True),
        ("ga:v3", hashed, "visitor", "2025-03-01 09:01:35", False),
    ]
    form = query(
        tmp_path,
        "select properties ->> 'form_id' from raw.lead_events where event_type = 'form_submit'",
    )
    assert form == [("12",)]
    assert query(tmp_path, "select * exclude (attributes, date_only, landing_seq, landed_at) "
                 "replace (traffic_date::varchar as traffic_date) from raw.web_traffic") == [
        ("2025-03-01", "google / cpc", "(none)", 3)
    ]  # fmt: skip


def test_users_of_google_analytics_may_be_those_of_another_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(read_connector("ga4").settings, "user_prefix", "seg:")
    connect(tmp_path, "ga4", analytics(tmp_path / "source"))
    assert query(tmp_path, ALIASES)[0][:2] == ("ga:v1", "seg:u1")
    assert query(tmp_path, EVENTS)[1][1] == "seg:u1"


def test_parameters_that_bigquery_wrote_with_list_and_element(tmp_path: Path) -> None:
    """As it writes Parquet for those who do not ask for lists."""
    nested = """select '20250301' as event_date, 1740819600000000 as event_timestamp,
        'page_view' as event_name,
        {'list': [{'element': {'key': 'page_location', 'value': {'string_value': '/a'}}}]}
            as event_params, 'v1' as user_pseudo_id"""
    result = connect(tmp_path, "ga4", write(tmp_path / "source", {"events_20250301": nested}))
    assert query(tmp_path, "select page_url from raw.lead_events") == [("/a",)]
    why = "no such column: no visitor is known to have signed in"
    assert why in told(result)["events_*.user_id"]


def test_events_stay_when_a_table_of_a_day_is_pruned(tmp_path: Path) -> None:
    first, second = analytics(tmp_path / "first"), analytics(tmp_path / "second")
    (second / "events_20250301.parquet").unlink()
    connect(tmp_path, "ga4", first)
    connect(tmp_path, "ga4", second, is_first=False)
    assert len(query(tmp_path, EVENTS)) == 5
    assert query(tmp_path, "from raw.lead_events where is_deleted") == []


# Segment and RudderStack

SEGMENT = {
    "identifies": """
        id anonymous_id user_id email first_name company timestamp
        i1 | a1 | u1 | | | | 2025-03-01 10:00:00
        i2 | a1 | u1 | Ann@A.com | Ann | A | 2025-03-02 10:00:00
        i3 | a2 | u1 | ann@a.com | | | 2025-03-03 10:00:00
        i4 | a3 | u2 | | Bob | | 2025-03-03 10:00:00
        i5 | a4 | | cyd@c.com | Cyd | | 2025-03-04 10:00:00
        i6 | a2 | | old@a.com | | | 2025-03-01 10:00:00
        i7 | a5 | u1 | ann@a.com | | | 2025-03-05 10:00:00
        i8 | a5 | dan@d.com | | Dan | | 2025-03-06 10:00:00
    """,
    "pages": """
        id anonymous_id user_id context_page_url name context_campaign_name timestamp
        p1 | a1 | | https://a.com/pricing | Pricing | spring | 2025-03-01 09:00:00
        p2 | a1 | u1 | https://a.com/docs | Docs | | 2025-03-02 11:00:00
        | a9 | | https://a.com/ | | | 2025-03-02 12:00:00
        | a9 | | https://a.com/ | | | 2025-03-02 12:00:00
    """,
    "tracks": """
        id anonymous_id user_id event context_page_url timestamp
        t1 | a1 | u1 | Trial Started | https://a.com/app | 2025-03-02 12:30:00
        t2 | | dan@d.com | invoicePaid | | 2025-03-06 11:00:00
    """,
}


def test_visitors_of_segment_are_its_users_and_users_with_an_address_are_leads(
    tmp_path: Path,
) -> None:
    """One person is one lead.

    A user without an address is nobody (u2), a visitor who left one is a lead (a4), unless it is a
    user's (a2). A device of two users is nobody's (a5).
    """
    connect(tmp_path, "segment", write(tmp_path / "source", SEGMENT))
    dan = landed_id("dan@d.com")
    assert query(tmp_path, LEADS) == [
        (dan, "2025-03-06 10:00:00", "dan@d.com", "Dan", None),
        ("seg:a4", "2025-03-04 10:00:00", "cyd@c.com", "Cyd", None),
        ("seg:u1", "2025-03-01 10:00:00", "ann@a.com", "Ann", "A"),
    ]
    assert query(tmp_path, ALIASES) == [
        ("seg:a1", "seg:u1", "visitor", "2025-03-01 10:00:00", False),
        ("seg:a2", "seg:u1", "visitor", "2025-03-03 10:00:00", False),
        ("seg:a5", dan, "visitor", "2025-03-05 10:00:00", True),
    ]
    found = query(tmp_path, EVENTS)
    assert [row[1:] for row in found] == [
        ("seg:a1", "page_visit", "2025-03-01 09:00:00", "https://a.com/pricing", "spring"),
        ("seg:u1", "page_visit", "2025-03-02 11:00:00", "https://a.com/docs", None),
        ("seg:a9", "page_visit", "2025-03-02 12:00:00", "https://a.com/", None),
        ("seg:u1", "trial_started", "2025-03-02 12:30:00", "https://a.com/app", None),
        (dan, "invoice_paid", "2025-03-06 11:00:00", None, None),
    ]
    assert [row[0] for row in found[:2]] == ["seg:p1", "seg:p2"]


def test_users_alone_are_leads_of_segment_too(tmp_path: Path) -> None:
    users = """
        id email first_name company_name received_at
        u1 | ann@a.com | Ann | A | 2025-03-02 10:00:00
        u2 | | Bob | | 2025-03-02 10:00:00
    """
    connect(tmp_path, "segment", write(tmp_path / "source", {"users": users}))
    assert query(tmp_path, LEADS) == [("seg:u1", "2025-03-02 10:00:00", "ann@a.com", "Ann", "A")]


# Snowplow

SNOWPLOW = """
    event_id event event_name se_action se_category domain_userid user_id page_url mkt_campaign derived_tstamp
    e1 | page_view | page_view | | | d1 | | https://a.com/pricing | spring | 2025-03-01 09:00:00
    e1 | page_view | page_view | | | d1 | | https://a.com/pricing | spring | 2025-03-01 09:00:05
    e2 | page_ping | page_ping | | | d1 | | https://a.com/pricing | | 2025-03-01 09:00:10
    e3 | struct | event | Play Video | media | d1 | u1 | https://a.com/demo | | 2025-03-01 09:01:00
    e4 | unstruct | submitForm | | | d1 | u1 | https://a.com/demo | | 2025-03-01 09:02:00
    e5 | page_view | page_view | | | d2 | ann@a.com | https://a.com/ | | 2025-03-01 09:03:00
    e6 | page_view | page_view | | | d3 | u1 | https://a.com/ | | 2025-03-01 09:04:00
    e7 | page_view | page_view | | | d3 | u2 | https://a.com/ | | 2025-03-01 09:05:00
    e8 | page_view | page_view | | | | | https://a.com/ | | 2025-03-01 09:06:00
"""  # noqa: E501


@pytest.mark.parametrize("table", ["events", "event", "atomic_events"])
def test_events_of_snowplow(tmp_path: Path, table: str) -> None:
    """What came twice counts once, pings do not, nor does what is nobody's."""
    connect(tmp_path, "snowplow", write(tmp_path / "source", {table: SNOWPLOW}))
    ann = landed_id("ann@a.com")
    assert query(tmp_path, EVENTS) == [
        ("sp:e1", "sp:d1", "page_visit", "2025-03-01 09:00:00", "https://a.com/pricing", "spring"),
        ("sp:e3", "sp:u1", "play_video", "2025-03-01 09:01:00", "https://a.com/demo", None),
        ("sp:e4", "sp:u1", "submit_form", "2025-03-01 09:02:00", "https://a.com/demo", None),
        ("sp:e5", ann, "page_visit", "2025-03-01 09:03:00", "https://a.com/", None),
        ("sp:e6", "sp:u1", "page_visit", "2025-03-01 09:04:00", "https://a.com/", None),
        ("sp:e7", "sp:u2", "page_visit", "2025-03-01 09:05:00", "https://a.com/", None),
    ]
    assert query(tmp_path, ALIASES) == [
        ("sp:d1", "sp:u1", "visitor", "2025-03-01 09:01:00", False),
        ("sp:d2", ann, "visitor", "2025-03-01 09:03:00", False),
        ("sp:d3", "sp:u1", "visitor", "2025-03-01 09:04:00", True),
    ]
    assert query(tmp_path, LEADS) == [(ann, "2025-03-01 09:03:00", "ann@a.com", None, None)]


# PostHog


def person(**values: str) -> str:
    return json.dumps(
        {f"${name}" if name == "current_url" else name: values[name] for name in values}
    )


POSTHOG_EVENTS = f"""
    uuid event distinct_id person_id properties person_properties timestamp
    1 | $pageview | anon1 | p0 | {person(current_url="https://a.com/pricing", utm_campaign="spring")} | | 2025-03-01 09:00:00
    2 | $identify | u1 | p1 | {{"$anon_distinct_id": "anon1"}} | {person(email="ann@a.com", first_name="Ann")} | 2025-03-01 09:01:00
    3 | Trial Started | u1 | p1 | {person(plan="pro")} | {person(email="ann@a.com", first_name="Ann")} | 2025-03-01 09:02:00
    4 | $autocapture | u1 | p1 | | {person(email="ann@a.com", first_name="Ann")} | 2025-03-01 09:03:00
    5 | $pageview | anon2 | p2 | {person(current_url="https://a.com/")} | | 2025-03-01 09:04:00
    6 | $pageview | Bob@B.com | p3 | {person(current_url="https://a.com/")} | {person(email="bob@b.com", first_name="Bob")} | 2025-03-01 09:05:00
"""  # noqa: E501
POSTHOG_PERSONS = f"""
    team_id distinct_id person_id properties person_distinct_id_version person_version created_at is_deleted
    1 | anon1 | p0 | {{}} | 0 | 0 | 2025-03-01 08:59:00 | false
    1 | anon1 | p1 | {person(email="ann@a.com", first_name="Ann")} | 1 | 1 | 2025-03-01 08:59:00 | false
    1 | u1 | p1 | {person(email="ann@a.com", first_name="Ann")} | 0 | 1 | 2025-03-01 09:01:00 | false
    1 | anon2 | p2 | {{}} | 0 | 0 | 2025-03-01 09:04:00 | false
    1 | Bob@B.com | p3 | {person(email="bob@b.com", first_name="Bob")} | 0 | 1 | 2025-03-01 09:05:00 | true
"""  # noqa: E501


@pytest.mark.parametrize("exported", ["both", "events"])
def test_people_of_posthog_and_what_they_did(tmp_path: Path, exported: str) -> None:
    """Persons may be read from their events, but for one that was deleted since."""
    tables = {"events": POSTHOG_EVENTS, "persons": POSTHOG_PERSONS}
    if exported == "events":
        del tables["persons"]
    connect(tmp_path, "posthog", write(tmp_path / "source", tables))
    bob = landed_id("bob@b.com")
    pricing = "https://a.com/pricing"
    assert query(tmp_path, EVENTS) == [
        ("ph:1", "ph:anon1", "page_visit", "2025-03-01 09:00:00", pricing, "spring"),
        ("ph:3", "ph:u1", "trial_started", "2025-03-01 09:02:00", None, None),
        ("ph:5", "ph:anon2", "page_visit", "2025-03-01 09:04:00", "https://a.com/", None),
        ("ph:6", bob, "page_visit", "2025-03-01 09:05:00", "https://a.com/", None),
    ]
    plans = "select properties ->> 'plan' from raw.lead_events where event_type = 'trial_started'"
    assert query(tmp_path, plans) == [("pro",)]
    aliases = "select alias_id, lead_id from raw.lead_aliases order by 1"
    assert query(tmp_path, aliases) == [
        (bob, "ph:p3"), ("ph:anon1", "ph:p1"), ("ph:u1", "ph:p1"),
    ]  # fmt: skip
    leads = "select lead_id, email, first_name, is_deleted from raw.leads order by 1"
    assert query(tmp_path, leads) == [
        ("ph:p1", "ann@a.com", "Ann", False),
        ("ph:p3", "bob@b.com", "Bob", exported == "both"),
    ]


# Ads

GOOGLE = {
    "campaign_stats": """
        customer_id date id device clicks impressions cost_micros
        7 | 2025-03-01 | 100 | DESKTOP | 2 | 50 | 1250000
        7 | 2025-03-01 | 100 | MOBILE | 1 | 40 | 333333
        7 | 2025-03-02 | 100 | MOBILE | 0 | 10 | 0
        7 | 2025-03-01 | 101 | MOBILE | 4 | 60 | 2000000
        8 | 2025-03-01 | 102 | MOBILE | 1 | 10 | 5000000
        7 | 2025-03-01 | 103 | MOBILE | 1 | 10 | 1000000
    """,
    "campaign_history": """
        id name customer_id updated_at
        100 | Brand old | 7 | 2024-01-01 00:00:00
        100 | Brand | 7 | 2025-01-01 00:00:00
        101 | Demo | 7 | 2025-01-01 00:00:00
        102 | Demo | 8 | 2025-01-01 00:00:00
    """,
    "account_history": """
        id currency_code updated_at
        7 | EUR | 2025-01-01 00:00:00
        8 | USD | 2025-01-01 00:00:00
    """,
}
OF_GOOGLE: list[tuple[object, ...]] = [
    ("2025-03-01", "google_ads", "103", "(none)", "media", "1.0000", "EUR", 10, 1),
    ("2025-03-01", "google_ads", "Brand", "(none)", "media", "1.5833", "EUR", 90, 3),
    ("2025-03-01", "google_ads", "Demo EUR", "(none)", "media", "2.0000", "EUR", 60, 4),
    ("2025-03-01", "google_ads", "Demo USD", "(none)", "media", "5.0000", "USD", 10, 1),
    ("2025-03-02", "google_ads", "Brand", "(none)", "media", "0.0000", "EUR", 10, 0),
]
META = {
    "basic_ad": """
        ad_id account_id date spend impressions inline_link_clicks
        1 | 9 | 2025-03-01 | 1.25 | 100 | 3
        2 | 9 | 2025-03-01 | 0.1 | 50 | 1
        3 | 9 | 2025-03-01 | 0.2 | 10 |
    """,
    "ad_history": """
        id campaign_id updated_time
        1 | 10 | 2024-01-01 00:00:00
        1 | 11 | 2025-01-01 00:00:00
        2 | 11 | 2025-01-01 00:00:00
        3 | 12 | 2025-01-01 00:00:00
    """,
    "campaign_history": """
        id name updated_time
        11 | Spring | 2025-01-01 00:00:00
    """,
    "account_history": "id currency\n9 | CHF",
}
OF_META: list[tuple[object, ...]] = [
    ("2025-03-01", "facebook_ads", "12", "(none)", "media", "0.2000", "CHF", 10, None),
    ("2025-03-01", "facebook_ads", "Spring", "(none)", "media", "1.3500", "CHF", 150, 4),
]
LINKEDIN = {
    "ad_analytics_by_campaign": """
        campaign_id day cost_in_local_currency cost_in_usd impressions clicks
        20 | 2025-03-01 00:00:00 | 12.5 | 13.1 | 900 | 9
        20 | 2025-03-02 00:00:00 | 7.25 | 7.6 | 400 | 2
    """,
    "campaign_history": """
        id name account_id last_modified_time
        20 | Old | 5 | 2024-01-01 00:00:00
        20 | ABM | 5 | 2025-01-01 00:00:00
    """,
    "account_history": "id currency last_modified_time\n5 | EUR | 2025-01-01 00:00:00",
}
OF_LINKEDIN: list[tuple[object, ...]] = [
    ("2025-03-01", "linkedin_ads", "ABM", "(none)", "media", "12.5000", "EUR", 900, 9),
    ("2025-03-02", "linkedin_ads", "ABM", "(none)", "media", "7.2500", "EUR", 400, 2),
]


@pytest.mark.parametrize(
    ("tables", "expected"),
    [(GOOGLE, OF_GOOGLE), (META, OF_META), (LINKEDIN, OF_LINKEDIN)],
    ids=["google", "meta", "linkedin"],
)
def test_what_a_campaign_of_a_platform_cost_a_day(
    tmp_path: Path, tables: Mapping[str, str], expected: list[tuple[object, ...]]
) -> None:
    result = connect(tmp_path, "ads", write(tmp_path / "source", tables))
    assert query(tmp_path, SPEND) == expected
    why = "no such table: spend is read from the tables of each platform"
    assert why in told(result)["ad_reporting_campaign_report"]


def test_platforms_each_in_a_schema_of_its_own(tmp_path: Path) -> None:
    """Their tables have the same names; what is landed of one stays when another is."""
    schemas = {"google_ads": GOOGLE, "facebook_ads": META, "linkedin_ads": LINKEDIN}
    with duckdb.connect(str(tmp_path / "ads.duckdb")) as database:
        for schema, tables in schemas.items():
            folder = write(tmp_path / schema, tables)
            database.execute(f"create schema {schema}")
            for name in tables:
                database.execute(f"create table {schema}.{name} as from '{folder}/{name}.parquet'")
    for schema in schemas:
        connect(tmp_path, "ads", tmp_path / "ads.duckdb", schema)
    assert query(tmp_path, SPEND) == sorted(OF_GOOGLE + OF_META + OF_LINKEDIN, key=str)


def test_the_table_of_all_platforms_goes_before_those_of_each(tmp_path: Path) -> None:
    report = """
        date_day platform account_id account_name campaign_id campaign_name spend impressions clicks
        2025-03-01 | google_ads | 7 | A | 100 | Brand | 1.25 | 10 | 1
        2025-03-01 | google_ads | 8 | B | 200 | Brand | 2.5 | 20 | 2
        2025-03-01 | microsoft_ads | 7 | A | 300 | | 3 | 30 | 3
    """
    tables = {"ad_reporting__campaign_report": report, **GOOGLE}
    connect(tmp_path, "ads", write(tmp_path / "source", tables))
    assert query(tmp_path, SPEND) == [
        ("2025-03-01", "google_ads", "Brand", "(none)", "media", "3.7500", None, 30, 3),
        ("2025-03-01", "microsoft_ads", "(none)", "(none)", "media", "3.0000", None, 30, 3),
    ]


AIRBYTE_GOOGLE = """
    select * from (values
        (100, 'Brand old', '2025-03-01', 0, 1250000, 50, 2),
        (100, 'Brand', '2025-03-02', 1, 0, 10, 0),
        (100, 'Brand', '2025-03-01', 1, 333333, 40, 1)
    ) as rows ("campaign.id", "campaign.name", "segments.date", "segments.hour",
        "metrics.cost_micros", "metrics.impressions", "metrics.clicks")
"""
INSIGHTS = """
    ad_id account_id campaign_id campaign_name account_currency date_start spend impressions inline_link_clicks
    1 | 9 | 11 | Spring | CHF | 2025-03-01 | 1.25 | 100 | 3
    2 | 9 | 11 | Spring | CHF | 2025-03-01 | 0.1 | 50 | 1
"""  # noqa: E501
DLT_INSIGHTS = """
    ad_id campaign_id adset_id date_start spend impressions clicks
    1 | 11 | 5 | 2025-03-01 | 1.25 | 100 | 3
    2 | 11 | 5 | 2025-03-01 | 0.1 | 50 | 1
"""
AIRBYTE_LINKEDIN = """
    select ['urn:li:sponsoredCampaign:20'] as "pivotValues", date '2025-03-01' as start_date,
        '12.5' as "costInLocalCurrency", 900.0 as impressions, 9.0 as clicks
"""
AIRBYTE_CAMPAIGNS = """
    select 20 as id, 'ABM' as name, 'urn:li:sponsoredAccount:5' as account,
        '2025-01-01T00:00:00Z' as "lastModified"
"""


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"campaign": AIRBYTE_GOOGLE},
            [
                ("2025-03-01", "google_ads", "Brand", "(none)", "media", "1.5833", "EUR", 90, 3),
                ("2025-03-02", "google_ads", "Brand", "(none)", "media", "0.0000", "EUR", 10, 0),
            ],
        ),
        (
            {"ads_insights": INSIGHTS},
            [("2025-03-01", "facebook_ads", "Spring", "(none)", "media", "1.3500", "CHF", 150, 4)],
        ),
        (
            {"facebook_insights": DLT_INSIGHTS, "campaigns": "id name\n11 | Spring"},
            [("2025-03-01", "facebook_ads", "Spring", "(none)", "media", "1.3500", "EUR", 150, 4)],
        ),
        (
            {
                "ad_campaign_analytics": AIRBYTE_LINKEDIN,
                "campaigns": AIRBYTE_CAMPAIGNS,
                "accounts": "id currency\n5 | USD",
            },
            [("2025-03-01", "linkedin_ads", "ABM", "(none)", "media", "12.5000", "USD", 900, 9)],
        ),
    ],
    ids=["airbyte google", "airbyte meta", "dlt meta", "airbyte linkedin"],
)
def test_spend_in_the_shapes_of_other_tools(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tables: Mapping[str, str],
    expected: list[tuple[object, ...]],
) -> None:
    """A currency that the tables do not name is that of the settings."""
    monkeypatch.setitem(read_connector("ads").settings, "currency", "EUR")
    connect(tmp_path, "ads", write(tmp_path / "source", tables))
    assert query(tmp_path, SPEND) == expected


def test_a_later_report_of_a_day_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    first = write(tmp_path / "first", LINKEDIN)
    later = LINKEDIN["ad_analytics_by_campaign"].replace("12.5", "14").splitlines()[:-2]
    second = write(tmp_path / "second", {**LINKEDIN, "ad_analytics_by_campaign": "\n".join(later)})
    connect(tmp_path, "ads", first)
    connect(tmp_path, "ads", second, is_first=False)
    latest = """select spend_date::varchar, amount::varchar from raw.marketing_spend
        qualify landing_seq = max(landing_seq) over (partition by spend_date, campaign)
        order by 1"""
    assert query(tmp_path, latest) == [("2025-03-01", "14.0000"), ("2025-03-02", "7.2500")]


def test_a_dropped_column_is_told_with_what_is_lost(tmp_path: Path) -> None:
    stats = "customer_id date id impressions\n7 | 2025-03-01 | 100 | 50"
    source = write(tmp_path / "source", {"campaign_stats": stats})
    result = connect(tmp_path, "ads", source, set_aside=1)
    assert told(result)["campaign_stats.cost_micros"] == (
        "no such column: nothing was spent on Google Ads"
    )
    pages = "id anonymous_id timestamp\np1 | a1 | 2025-03-01 09:00:00"
    result = connect(tmp_path / "web", "segment", write(tmp_path / "pages", {"pages": pages}))
    assert told(result)["pages.url"] == "no such column: no page is known"
