"""KPIs of nine leads, worked out by hand.

| lead | came in | channel, region     | MQL   | SQL   | opportunity | customer | days |
|------|---------|---------------------|-------|-------|-------------|----------|------|
| a    | 5 Jan   | paid_search, EMEA   | 6 Jan | 8 Jan | 10 Jan      | 4 Feb    | 30.5 |
| b    | 5 Jan   | paid_search, EMEA   | 7 Jan |       |             |          |      |
| c    | 20 Jan  | paid_search, APAC   | 1 Feb | 3 Feb | 5 Feb       | 14 Feb   | 25   |
| d    | 21 Jan  | organic_search, EMEA|       |       |             |          |      |
| e    | 22 Jan  | organic_search, APAC|       | 25 Jan| 30 Jan      |          |      |
| f    | 2 Feb   | organic_search, EMEA|       |       |             | 12 Feb   | 10   |
| g    | 3 Feb   | (none), (none)      |       |       |             |          |      |
| h    | 2 Apr   | paid_search, EMEA   | 3 Apr | 4 Apr | 5 Apr       | 1 Apr    | < 0  |
| i    | 3 Apr   | paid_search, EMEA   |       |       |             |          |      |

Deals won, with their amount: a 900, c 500, and h 100 in April; d's is lost. The last day of the
data is 5 April. Sales called a 5 hours after it became an SQL, e after 100 and c after 2; 72 are
agreed, and h has not had them. Customers paid in February, a and c, and in no later month. Within
the month that the ROI gives them, January's leads earned 1,500.50, of which 80 % are margin, and f
nothing.

Visitors: 5 Jan paid_search EMEA 40 · 20 Jan paid_search EMEA 10 · 22 Jan organic_search (none) 20 ·
2 Feb organic_search EMEA 0. Spend: January paid_search 300 in EMEA and 100 without region, February
@display (none) 50. Revenue: February paid_search 1,000.50 − 100 in EMEA, 500 in APAC. Nothing
happens in March.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from scripts.kpis.files import spreadsheet_cell
from scripts.kpis.kpis import kpis, render
from scripts.kpis.report import KpiReport
from scripts.scoring.publish import publish
from scripts.shared.errors import BusyError, UserError
from scripts.shared.paths import PROJECT
from tests.python.conftest import held_warehouse

LEADS = """
lead_id,lead_at,mql_at,sql_at,opportunity_at,customer_at,days_lead_to_customer,hours,channel,region
a,2025-01-05 00:00:00,2025-01-06,2025-01-08,2025-01-10,2025-02-04 12:00:00,30.5,5,paid_search,EMEA
b,2025-01-05 23:59:59,2025-01-07,,,,,,paid_search,EMEA
c,2025-01-20 00:00:00,2025-01-31 23:00,2025-01-31 23:30,2025-02-05,2025-02-14,25,2,paid_search,APAC
d,2025-01-21 00:00:00,,,,,,,organic_search,EMEA
e,2025-01-22 00:00:00,,2025-01-25,2025-01-30,,,100,organic_search,APAC
f,2025-02-02 00:00:00,,,,2025-02-12,10,,organic_search,EMEA
g,2025-02-03 00:00:00,,,,,,,(none),(none)
h,2025-04-02 00:00:00,2025-04-03,2025-04-04,2025-04-05,2025-03-31 23:30:00,,,paid_search,EMEA
i,2025-04-03 00:00:00,,,,,,,paid_search,EMEA
"""

FUNNEL = """
funnel_date,channel,region,visitors,leads,mqls,sqls,opportunities,customers,revenue,spend
2025-01-05,paid_search,EMEA,40,2,0,0,0,0,,300
2025-01-06,paid_search,EMEA,,0,1,0,0,0,,
2025-01-06,paid_search,(none),,0,0,0,0,0,,100
2025-01-07,paid_search,EMEA,,0,1,0,0,0,,
2025-01-08,paid_search,EMEA,,0,0,1,0,0,,
2025-01-10,paid_search,EMEA,,0,0,0,1,0,,
2025-01-20,paid_search,EMEA,10,0,0,0,0,0,,
2025-01-20,paid_search,APAC,,1,0,0,0,0,,
2025-01-21,organic_search,EMEA,,1,0,0,0,0,,
2025-01-22,organic_search,(none),20,0,0,0,0,0,,
2025-01-22,organic_search,APAC,,1,0,0,0,0,,
2025-01-25,organic_search,APAC,,0,0,1,0,0,,
2025-01-30,organic_search,APAC,,0,0,0,1,0,,
2025-02-01,paid_search,APAC,,0,1,1,0,0,,
2025-02-02,organic_search,EMEA,0,1,0,0,0,0,,
2025-02-03,(none),(none),,1,0,0,0,0,,
2025-02-04,paid_search,EMEA,,0,0,0,0,1,1000.50,
2025-02-05,paid_search,APAC,,0,0,0,1,0,,
2025-02-10,@display,(none),,0,0,0,0,0,,50
2025-02-12,organic_search,EMEA,,0,0,0,0,1,,
2025-02-14,paid_search,APAC,,0,0,0,0,1,500,
2025-02-20,paid_search,EMEA,,0,0,0,0,0,-100,
2025-04-01,paid_search,EMEA,,0,0,0,0,1,,
2025-04-02,paid_search,EMEA,,1,0,0,0,0,,
2025-04-03,paid_search,EMEA,,1,1,0,0,0,,
2025-04-04,paid_search,EMEA,,0,0,1,0,0,,
2025-04-05,paid_search,EMEA,,0,0,0,1,0,,
"""

# Midnight of the reporting zone is an hour before that of UTC.
LEAD_LIFECYCLE_SQL = """
select
    lead_id, channel, region,
    cast(lead_at as timestamp) as lead_at,
    cast(mql_at as timestamp) as mql_at,
    cast(sql_at as timestamp) as sql_at,
    cast(cast(sql_at as timestamp) + interval 1 hour as date) as sql_date,
    cast(opportunity_at as timestamp) as opportunity_at,
    cast(customer_at as timestamp) as customer_at,
    cast(cast(customer_at as timestamp) + interval 1 hour as date) as customer_date,
    cast(days_lead_to_customer as decimal(18, 6)) as days_lead_to_customer,
    cast(hours as decimal(18, 4)) as hours_sql_to_contact,
    cast(hours as integer) <= 72 as is_contacted_in_time
from read_csv('{{ env_var("TOY_DATA") }}/leads.csv', header = true, all_varchar = true)
"""

FUNNEL_SQL = """
select
    cast(funnel_date as date) as funnel_date, channel, region,
    cast(visitors as bigint) as visitors,
    cast(leads as bigint) as leads,
    cast(0 as bigint) as iqls,
    cast(mqls as bigint) as mqls,
    cast(sqls as bigint) as sqls,
    cast(0 as bigint) as trials,
    cast(opportunities as bigint) as opportunities,
    cast(customers as bigint) as customers,
    cast(revenue as decimal(18, 4)) as revenue,
    cast(spend as decimal(18, 4)) as spend
from read_csv('{{ env_var("TOY_DATA") }}/funnel.csv', header = true, all_varchar = true)
"""

FUNNEL_COHORTS_SQL = """
{%- set stages = {
    'mqls': 'mql_at', 'opportunities': 'opportunity_at', 'customers': 'customer_at',
} %}
select
    cast(date_trunc('month', lead_at) as date) as cohort_month, channel, region, count(*) as leads
    {%- for days in [30, 60, 90, 180] %},
    last_day(lead_at) + {{ days }} <= date '2025-04-05' as is_mature_{{ days }}
    {%- for column, reached_at in stages.items() %},
    count(*) filter ({{ reached_at }} - lead_at <= interval {{ days }} day)
        as {{ column }}_within_{{ days }}
    {%- endfor %}{%- endfor %}
from {{ ref('lead_lifecycle') }}
group by all
"""

KPI_BASIS_SQL = """
select
    date '2025-04-05' as last_date, 'EUR' as reporting_currency, 'media, people' as cost_types,
    'net payments' as revenue_source, 'UTC' as time_zone, 0.8 as gross_margin,
    1 as payment_months, 12 as clv_window_months, 60 as clv_horizon_months, 1 as roi_months,
    72 as contact_within_hours, 0.05 as unknown_slice_share, true as has_opportunities,
    true as has_customers
"""

OPPORTUNITY_SQL = """
select
    cast(closed_date as date) as closed_date, opportunity_id, status, channel, region,
    cast(amount as decimal(18, 4)) as amount
from (values
    ('2025-02-04', 'a', 'won', 'paid_search', 'EMEA', 900),
    ('2025-02-14', 'c', 'won', 'paid_search', 'APAC', 500),
    ('2025-04-01', 'h', 'won', 'paid_search', 'EMEA', 100),
    ('2025-02-20', 'd', 'lost', 'organic_search', 'EMEA', 9000),
    (null, 'e', 'open', 'organic_search', 'APAC', 9000)
) as deals (closed_date, opportunity_id, status, channel, region, amount)
"""

# Of two complete months of payments no CLV can be said.
CUSTOMER_MONTHS_SQL = """
select
    cast(month as date) as month_start_date, 'paid_search' as channel, region,
    month < '2025-04' as is_complete, active as active_customers, before as customers_before,
    0 as retained_customers, active as trailing_active_customers,
    before as trailing_customers_before, 0 as trailing_retained_customers,
    active * 600 as trailing_gross_margin, months as payment_months, 60 as clv_horizon_months
from (values
    ('2025-02-01', 1, 0, 1), ('2025-03-01', 0, 1, 2), ('2025-04-01', 0, 0, 2)
) as months (month, active, before, months), (values ('EMEA'), ('APAC')) as regions (region)
"""

ROI_COHORTS_SQL = """
select
    cast(month as date) as cohort_month, channel, region, spend,
    earned * 0.8 as gross_margin_within, month < '2025-03' as is_mature
from (values
    ('2025-01-01', 'paid_search', 'EMEA', 300, 1000.5),
    ('2025-01-01', 'paid_search', '(none)', 100, 0),
    ('2025-01-01', 'paid_search', 'APAC', null, 500),
    ('2025-02-01', '@display', '(none)', 50, 0),
    ('2025-02-01', 'organic_search', 'EMEA', null, 0),
    ('2025-04-01', 'paid_search', 'EMEA', null, 0)
) as cohorts (month, channel, region, spend, earned)
"""

EMAIL_FUNNEL_SQL = """
select
    cast(day as date) as sent_date, 'paid_search' as channel, 'EMEA' as region,
    sent as emails_sent, opened as emails_opened, clicked as emails_clicked
from (values
    ('2025-01-10', 6, 3, 1), ('2025-01-20', 2, 1, 0), ('2025-02-10', 2, 0, 0)
) as emails (day, sent, opened, clicked)
"""

LEAD_QUALITY_SQL = """
select
    cast(day as date) as quality_month, 'paid_search' as channel, 'EMEA' as region,
    expected as expected_customers, base as base_customers
from (values ('2025-02-01', 0.6, 0.5), ('2025-04-01', 0.2, 0.4)) as qualities (day, expected, base)
"""

DATA_END_SQL = "select date '2025-04-05' as last_date"

RUN_INFO_SQL = "select 'toy' as run_id, date '2025-04-05' as clock_date"

LEAD_SCORE_SQL = """
select
    lead_id, 'standard' as score_model, cast(0 as decimal(18, 4)) as score, 'cold' as band,
    date '2025-04-05' as score_date
from {{ ref('lead_lifecycle') }}
"""

PROJECT_YML = """
name: leads
profile: leads
macro-paths: [{macros}]
on-run-start: "{{{{ begin_build() }}}}"
on-run-end: "{{{{ end_build(results) }}}}"
flags: {{send_anonymous_usage_stats: false, warn_error_options: {{error: [Deprecations]}}}}
models: {{leads: {{marts: {{+materialized: table}}}}}}
"""

PROFILES_YML = """
leads:
  target: dev
  outputs:
    dev: {type: duckdb, path: "{{ env_var('LEADS_WAREHOUSE') }}", schema: marts}
"""

DATA_ISSUES_SQL = """
select '' as issue, '' as entity, '' as record_id, '' as detail where false
"""

DEFINITIONS = (
    "_groups.yml",
    "funnel/calendar.sql",
    "funnel/_calendar__models.yml",
    "funnel/_funnel__semantic_models.yml",
    "funnel/_funnel__metrics.yml",
)

Slice = tuple[str, str, str]
JANUARY, FEBRUARY, MARCH, APRIL, TOTAL = "2025-01", "2025-02", "2025-03", "2025-04", "all"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own metrics and calendar over the nine leads, built and published."""
    folder = tmp_path_factory.mktemp("toy")
    marts = folder / "models" / "marts"
    (marts / "funnel").mkdir(parents=True)
    (folder / "models" / "intermediate").mkdir()
    (folder / "models" / "intermediate" / "int_data_end.sql").write_text(DATA_END_SQL)
    for name in DEFINITIONS:
        shutil.copy(PROJECT / "models" / "marts" / name, marts / name)
    (marts / "funnel" / "lead_lifecycle.sql").write_text(LEAD_LIFECYCLE_SQL)
    (marts / "funnel" / "funnel.sql").write_text(FUNNEL_SQL)
    (marts / "funnel" / "funnel_cohorts.sql").write_text(FUNNEL_COHORTS_SQL)
    (marts / "funnel" / "kpi_basis.sql").write_text(KPI_BASIS_SQL)
    (marts / "run_info.sql").write_text(RUN_INFO_SQL)
    (marts / "lead_score.sql").write_text(LEAD_SCORE_SQL)
    (folder / "dbt_project.yml").write_text(PROJECT_YML.format(macros=PROJECT / "macros"))
    (marts / "funnel" / "opportunity.sql").write_text(OPPORTUNITY_SQL)
    (marts / "funnel" / "customer_months.sql").write_text(CUSTOMER_MONTHS_SQL)
    (marts / "funnel" / "roi_cohorts.sql").write_text(ROI_COHORTS_SQL)
    (marts / "funnel" / "email_funnel.sql").write_text(EMAIL_FUNNEL_SQL)
    (marts / "lead_quality.sql").write_text(LEAD_QUALITY_SQL)
    (marts / "data_issues.sql").write_text(DATA_ISSUES_SQL)
    (folder / "profiles.yml").write_text(PROFILES_YML)
    (folder / "leads.csv").write_text(LEADS.lstrip())
    (folder / "funnel.csv").write_text(FUNNEL.lstrip())
    with pytest.MonkeyPatch.context() as patch:
        settings(patch, folder)
        patch.setenv("TOY_DATA", str(folder))
        subprocess.run(
            [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "build"],
            cwd=folder,
            env={**os.environ, "DBT_PROFILES_DIR": str(folder), "DBT_PROJECT_DIR": str(folder)},
            check=True,
            capture_output=True,
        )
        publish()
    return folder


def settings(patch: pytest.MonkeyPatch, folder: Path, target: Path | None = None) -> None:
    patch.setenv("LEADS_WAREHOUSE", str(folder / "another name.duckdb"))
    patch.setenv("DBT_TARGET_PATH", str(target or folder / "target"))
    patch.delenv("LEADS_TEMP", raising=False)


def publish_changed(toy: Path, folder: Path, change: str) -> None:
    """Put what is published into another folder, changed by some SQL."""
    shutil.copytree(toy / "published", folder / "published")
    with duckdb.connect(str(folder / "published" / "leads.duckdb")) as connection:
        connection.execute(change)


@pytest.fixture(scope="module")
def report(toy: Path) -> KpiReport:
    with pytest.MonkeyPatch.context() as patch:
        settings(patch, toy)
        return kpis(("month", "channel", "region"))


def values(report: KpiReport, kpi: str, method: str = "period") -> dict[Slice, float | None]:
    return {
        (row.period, row.channel, row.region): row.value
        for row in report.rows
        if (row.kpi, row.method) == (kpi, method)
    }


def by_month(report: KpiReport, kpi: str, method: str = "period") -> list[float | None]:
    """January to April, then the total."""
    found = values(report, kpi, method)
    months = (JANUARY, FEBRUARY, MARCH, APRIL, TOTAL)
    return [found[month, "(all)", "(all)"] for month in months]


# Each line is worked out from the table on top.
PERIOD = {
    "days_covered": [27, 28, 31, 5, 91],
    "visitors": [70, 0, None, None, 70],
    "leads": [5, 2, 0, 2, 9],
    "iqls": [0, 0, 0, 0, 0],
    "mqls": [2, 1, 0, 1, 4],
    "sqls": [2, 1, 0, 1, 4],
    "trials": [0, 0, 0, 0, 0],
    "opportunities": [2, 1, 0, 1, 4],
    "customers": [0, 3, 0, 1, 4],
    "revenue": [None, 1400.5, None, None, 1400.5],
    "spend": [400, 50, None, None, 450],
    # a, b, c (its channel has visitors that day, in another region) and e; not d. In February the
    # channel-day of f has 0 visitors.
    "opt_in_rate": [4 / 70, None, None, None, 4 / 70],
    "lead_to_mql_rate": [2 / 5, 1 / 2, None, 1 / 2, 4 / 9],
    "mql_to_sql_rate": [2 / 2, 1 / 1, None, 1 / 1, 4 / 4],
    "lead_to_opportunity_rate": [2 / 5, 1 / 2, None, 1 / 2, 4 / 9],
    "opportunity_to_customer_rate": [0 / 2, 3 / 1, None, 1 / 1, 4 / 4],
    "lead_to_customer_rate": [0 / 5, 3 / 2, None, 1 / 2, 4 / 9],
    "cost_per_lead": [80, 25, None, None, 50],
    "cost_per_opportunity": [200, 50, None, None, 112.5],
    "cac": [None, 50 / 3, None, None, 112.5],
    # 900 and 500 in February, 100 in April.
    "average_deal_size": [None, 700, None, 100, 500],
    # Won in February: a after 30.5 days, c after 25, f after 10. h was won before it came in.
    "sales_cycle_customers": [0, 3, 0, 0, 3],
    "sales_cycle_left_out": [0, 0, 0, 1, 1],
    "sales_cycle_median": [None, 25, None, None, 25],
    "sales_cycle_mean": [None, 65.5 / 3, None, None, 65.5 / 3],
    "active_customers": [None, 2, 0, 0, 2],
    # None of February's two paid in March; April is not over.
    "retention_rate": [None, None, 0 / 2, None, 0 / 2],
    **{
        kpi: [None] * 5
        for kpi in (
            "margin_per_customer",
            "customer_lifetime",
            "clv",
            "clv_to_cac",
            "cac_payback_months",
        )
    },
    # a after 5 hours and e after 100; c after 2.
    "sqls_contacted": [2, 1, 0, 0, 3],
    "contacted_in_time_rate": [1 / 2, 1 / 1, None, None, 2 / 3],
    "contact_hours_median": [52.5, 2, None, None, 5],
    "contact_hours_mean": [52.5, 2, None, None, 107 / 3],
    "emails_sent": [8, 2, None, None, 10],
    "email_open_rate": [4 / 8, 0 / 2, None, None, 4 / 10],
    "email_click_rate": [1 / 8, 0 / 2, None, None, 1 / 10],
}

COHORT = {
    "lead_to_mql_rate": [3 / 5, 0 / 2, None, 1 / 2, 4 / 9],
    # January's leads a, b, c within 30 days. February had its 30 days by 30 March, April has not.
    "lead_to_mql_rate_within_30": [3 / 5, 0 / 2, None, None, 3 / 7],
    "lead_to_opportunity_rate_within_30": [3 / 5, 0 / 2, None, None, 3 / 7],
    # a took 30.5 days, c 25, f 10. January had 60 days by 1 April; no month had 90.
    "lead_to_customer_rate_within_30": [1 / 5, 1 / 2, None, None, 2 / 7],
    "lead_to_customer_rate_within_60": [2 / 5, None, None, None, 2 / 5],
    **{
        f"lead_to_{stage}_rate_within_60": [3 / 5, None, None, None, 3 / 5]
        for stage in ("mql", "opportunity")
    },
    **{
        f"lead_to_{stage}_rate_within_{days}": [None] * 5
        for stage in ("mql", "opportunity", "customer")
        for days in (90, 180)
    },
    # e was never an MQL.
    "mql_to_sql_rate": [2 / 3, None, None, 1 / 1, 3 / 4],
    "lead_to_opportunity_rate": [3 / 5, 0 / 2, None, 1 / 2, 4 / 9],
    # f is a customer without an opportunity: it counts among the customers, not here.
    "opportunity_to_customer_rate": [2 / 3, None, None, 1 / 1, 3 / 4],
    "lead_to_customer_rate": [2 / 5, 1 / 2, None, 1 / 2, 4 / 9],
    # January cost 400 and brought 0.8 × 1,500.50; February cost 50 and brought nothing.
    "roi": [1200.4 / 400 - 1, -1, None, None, 1200.4 / 450 - 1],
    "lead_quality_score": [None, 100 * 0.6 / 0.5, None, 100 * 0.2 / 0.4, 100 * 0.8 / 0.9],
}


def test_every_kpi_is_expected_here(report: KpiReport) -> None:
    growth = {"revenue_growth_month", "revenue_growth_year"}
    assert {row.kpi for row in report.rows if row.method == "period"} == set(PERIOD) | growth
    assert {row.kpi for row in report.rows if row.method == "cohort"} == set(COHORT)


@pytest.mark.parametrize("kpi", PERIOD)
def test_what_happened_in_the_month(report: KpiReport, kpi: str) -> None:
    assert by_month(report, kpi) == pytest.approx(PERIOD[kpi])


@pytest.mark.parametrize("kpi", COHORT)
def test_what_became_of_the_leads_of_the_month(report: KpiReport, kpi: str) -> None:
    assert by_month(report, kpi, "cohort") == pytest.approx(COHORT[kpi])


def test_slices(report: KpiReport) -> None:
    expected = {
        ("cac", TOTAL, "paid_search", "(all)"): 400 / 3,
        ("cac", TOTAL, "paid_search", "EMEA"): 300 / 2,
        ("cac", FEBRUARY, "paid_search", "(all)"): None,
        ("cost_per_lead", TOTAL, "(all)", "(none)"): 150 / 1,
        ("cost_per_lead", TOTAL, "@display", "(all)"): None,
        ("spend", FEBRUARY, "@display", "(none)"): 50,
        ("leads", TOTAL, "@display", "(all)"): 0,
        ("leads", TOTAL, "(none)", "(none)"): 1,
        ("opt_in_rate", TOTAL, "paid_search", "(all)"): 3 / 50,
        ("opt_in_rate", TOTAL, "organic_search", "(all)"): 1 / 20,
        ("opt_in_rate", TOTAL, "(all)", "EMEA"): 2 / 50,
        ("opt_in_rate", TOTAL, "(all)", "APAC"): None,
        ("sales_cycle_median", TOTAL, "(all)", "EMEA"): (30.5 + 10) / 2,
        ("revenue", TOTAL, "paid_search", "EMEA"): 900.5,
    }
    found = {key: values(report, key[0])[key[1:]] for key in expected}
    assert found == pytest.approx(expected)
    cohort = values(report, "lead_to_customer_rate", "cohort")
    assert cohort[JANUARY, "paid_search", "(all)"] == pytest.approx(2 / 3)
    assert cohort[JANUARY, "organic_search", "EMEA"] == 0
    assert (JANUARY, "(none)", "(all)") not in cohort


def test_a_missing_value_says_what_it_lacks(report: KpiReport) -> None:
    notes = {
        (row.kpi, row.period): row.note
        for row in report.rows
        if row.value is None and (row.channel, row.region) == ("(all)", "(all)")
    }
    assert notes["cac", JANUARY] == "no customers"
    assert notes["cac", APRIL] == "no spend"
    assert notes["opt_in_rate", FEBRUARY] == "no visitors"
    assert notes["cost_per_lead", MARCH] == "no leads"
    assert notes["revenue", MARCH] == "no data in this period"
    assert notes["clv", JANUARY] == "no monthly margin per customer"
    assert notes["clv_to_cac", JANUARY] == "no CAC"
    assert notes["retention_rate", FEBRUARY] == "no customers of the month before"
    assert notes["roi", MARCH] == "no gross margin of the cohort"


def test_what_cannot_be_known_yet_is_too_early(report: KpiReport) -> None:
    totals = {
        (row.kpi, row.period): row
        for row in report.rows
        if (row.channel, row.region) == ("(all)", "(all)")
    }
    young = totals["lead_to_customer_rate_within_30", APRIL]
    assert (young.value, young.note) == (
        None,
        "too early: not all leads of the month have had 30 days",
    )
    # Nobody came in in March.
    none = totals["lead_to_customer_rate_within_30", MARCH]
    assert (none.value, none.note.startswith("no ")) == (None, True)
    assert (
        totals["clv", TOTAL].note == "too early: there are less than 3 complete months of payments"
    )
    assert totals["clv_to_cac", MARCH].is_too_early and not totals["clv", JANUARY].is_too_early
    assert totals["retention_rate", APRIL].note == "too early: the month is not over"
    assert totals["roi", APRIL].note == "too early: not all leads of the month have had 1 months"
    assert totals["contacted_in_time_rate", APRIL].is_too_early
    # The data begin on 5 January, and March earned nothing.
    first = totals["revenue_growth_month", FEBRUARY]
    assert first.value is None and first.note.startswith("too early: the data do not cover 2025-01")
    assert totals["revenue_growth_month", MARCH].note == "no revenue in 2025-02 or 2025-03"


def test_shares_of_independent_cases_have_an_interval(report: KpiReport) -> None:
    row = next(
        row
        for row in report.rows
        if (row.kpi, row.method, row.period) == ("lead_to_mql_rate", "cohort", JANUARY)
    )
    assert (row.numerator, row.denominator) == (3, 5)
    # By hand: z² = 3.841459, middle 0.984146 / 1.768292, half √(3.841459 × 0.0864146) / 1.768292
    assert (row.lower, row.upper) == pytest.approx((0.230724, 0.882379), abs=1e-5)
    shares = {row.kpi for row in report.rows if row.method == "cohort"}
    shares -= {"roi", "lead_quality_score"}
    shares |= {"retention_rate", "contacted_in_time_rate", "email_open_rate", "email_click_rate"}
    assert all(
        (row.lower is not None)
        == (
            row.kpi in shares and row.value is not None and not row.note.startswith("who got there")
        )
        for row in report.rows
    )


def test_files_hold_the_report_and_are_the_same_each_time(report: KpiReport, toy: Path) -> None:
    first = report.csv_file.read_bytes(), report.json_file.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        settings(patch, toy)
        again = kpis(("region", "channel", "month"))
    assert (again.csv_file.read_bytes(), again.json_file.read_bytes()) == first
    assert report.csv_file == toy / "kpis" / "kpis.csv"

    lines = list(csv.DictReader(StringIO(report.csv_file.read_text(encoding="utf-8"))))
    document = json.loads(report.json_file.read_text(encoding="utf-8"))
    assert len(lines) == len(document["kpis"]) == len(report.rows)
    assert (document["first_day"], document["last_day"]) == ("2025-01-05", "2025-04-05")
    assert set(document["choices"]) == {
        "cohort",
        "period",
        "attribution",
        "calendar",
        "currency",
        "cost types",
        "revenue",
        "maturity",
        "margin",
        "customer",
        "CLV",
        "ROI",
        "agreed time",
        "slices",
        "emails",
        "intervals",
    }
    assert document["choices"]["currency"] == "EUR"
    assert document["choices"]["cost types"] == "media, people"
    cac = {
        (row["period"], row["channel"], row["region"]): row for row in lines if row["kpi"] == "cac"
    }
    assert cac[FEBRUARY, "(all)", "(all)"]["value"] == "16.666667"
    assert cac[FEBRUARY, "(all)", "(all)"]["denominator"] == "3"
    assert cac[JANUARY, "(all)", "(all)"]["value"] == ""
    clv = [
        row for row in lines + document["kpis"] if row["kpi"] == "clv" and row["period"] == MARCH
    ]
    assert clv and {row["value"] for row in clv} == {"too early"}


def test_a_spreadsheet_finds_no_formula(report: KpiReport) -> None:
    lines = csv.DictReader(StringIO(report.csv_file.read_text(encoding="utf-8")))
    channels = {row["channel"] for row in lines}
    assert channels == {"(all)", "(none)", "'@display", "organic_search", "paid_search"}
    assert ("all", "@display", "(all)") in values(report, "leads")


def test_fewer_dimensions_give_fewer_slices(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, toy)
    assert set(values(kpis(()), "leads")) == {("all", "(all)", "(all)")}
    assert set(values(kpis(("region",)), "leads")) == {
        ("all", "(all)", region) for region in ("(all)", "(none)", "APAC", "EMEA")
    }


def test_a_look_leaves_the_whole_report_as_it_is(
    report: KpiReport, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, toy)
    whole = report.csv_file.read_bytes()
    looks = [kpis(()), kpis(("region", "month")), kpis(("month", "channel", "region"), "cohort")]
    assert [look.csv_file.name for look in looks] == [
        *("kpis.in_total.csv", "kpis.by_month_region.csv"),
        "kpis.by_month_channel_region.cohort.csv",
    ]
    assert all(look.json_file.is_file() and look.csv_file.is_file() for look in looks)
    assert report.csv_file.read_bytes() == whole


def note(report: KpiReport, kpi: str, *where: str) -> str:
    (found,) = (
        row.note
        for row in report.rows
        if (row.kpi, row.method) == (kpi, "period") and row.slice == where
    )
    return found


def test_a_number_says_what_no_slice_has(report: KpiReport) -> None:
    """Of 450 spent, 150 have no region, and 100 of January's 400; of nine leads one has neither."""
    assert note(report, "cac", TOTAL, "(all)", "EMEA") == "no region is known of 33 % of spend"
    assert note(report, "spend", TOTAL, "(all)", "(none)") == "no region is known of 33 % of spend"
    assert note(report, "spend", JANUARY, "(all)", "EMEA") == "no region is known of 25 % of spend"
    both = "no channel or region is known of 33 % of spend"
    assert note(report, "cac", TOTAL, "paid_search", "EMEA") == both
    # All spend has a channel, but not all leads have.
    assert note(report, "cac", TOTAL, "paid_search", "(all)") == ""
    assert note(report, "leads", TOTAL, "paid_search", "(all)") == (
        "no channel is known of 11 % of leads"
    )
    assert note(report, "revenue", TOTAL, "(all)", "EMEA") == ""
    assert note(report, "cac", TOTAL, "(all)", "(all)") == ""
    # What has no value needs no caution.
    assert note(report, "cac", JANUARY, "(all)", "EMEA") == "no customers"
    in_title = "no region is known of 33 % of spend, 11 % of leads"
    assert report.unknown[TOTAL, "(all)", "EMEA"] == in_title


def test_how_much_may_be_without_a_slice_is_a_setting(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, tmp_path, toy / "target")
    publish_changed(toy, tmp_path, "update marts.kpi_basis set unknown_slice_share = 0.12")
    report = kpis(("region",))
    assert note(report, "leads", TOTAL, "(all)", "EMEA") == ""
    assert note(report, "spend", TOTAL, "(all)", "EMEA") == "no region is known of 33 % of spend"


def test_a_spreadsheet_gets_a_row_a_month_and_slice(report: KpiReport) -> None:
    points, commas = (file.read_bytes() for file in report.wide_files)
    assert points.startswith(b"\xef\xbb\xbfMonth,Channel,Region,Days covered,")
    assert commas.startswith(b"\xef\xbb\xbfMonth;Channel;Region;Days covered;")
    with_points = list(csv.DictReader(StringIO(points.decode("utf-8-sig"), newline="")))
    with_commas = list(
        csv.DictReader(StringIO(commas.decode("utf-8-sig"), newline=""), delimiter=";")
    )
    assert len(with_points) == len({row.slice for row in report.rows})
    february = ("2025-02-01", "(all)", "(all)")
    (row,) = (r for r in with_points if (r["Month"], r["Channel"], r["Region"]) == february)
    told = {
        "Leads": "2",
        "CAC, EUR": "16.67",
        "Lead-to-MQL rate, %": "0.0",
        "Lead-to-MQL rate (period), %": "50.0",
        "Sales cycle, median days": "25.0",
        "Lead-to-customer, 60 days, %": "too early",
        "Revenue growth on the year before, %": "too early",
        "Note": "",
    }
    assert {name: row[name] for name in told} == told
    (row,) = (r for r in with_commas if (r["Month"], r["Channel"], r["Region"]) == february)
    assert (row["Leads"], row["CAC, EUR"]) == ("2", "16,67")
    slices = {(r["Month"], r["Channel"], r["Region"]): r for r in with_points}
    assert slices["all", "'@display", "(all)"]["Cost per lead, EUR"] == ""
    assert slices["all", "(all)", "EMEA"]["Note"] == report.unknown[TOTAL, "(all)", "EMEA"]


@pytest.mark.parametrize("method", ["period", "cohort"])
def test_one_method_alone(toy: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    settings(monkeypatch, toy)
    assert {row.method for row in kpis((), method).rows} == {method}


def test_marts_without_rows(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, tmp_path, toy / "target")
    shutil.copytree(toy / "published", tmp_path / "published")
    with duckdb.connect(str(tmp_path / "published" / "leads.duckdb")) as connection:
        for (table,) in connection.sql(
            """select table_name from duckdb_tables()
            where schema_name = 'marts' and table_name <> 'kpi_basis'"""
        ).fetchall():
            connection.execute(f"delete from marts.{table}")
    report = kpis()
    assert {row.period for row in report.rows} == {"all"}
    assert values(report, "leads") == {("all", "(all)", "(all)"): 0}
    assert values(report, "cac") == {("all", "(all)", "(all)"): None}
    assert report.first_day is None


def test_faults_are_told_beside_what_rests_on_them(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, tmp_path, toy / "target")
    publish_changed(
        toy,
        tmp_path,
        """insert into marts.data_issues values
        ('row set aside', 'marketing_spend', 'marketing_spend.csv line 3', 'amount'),
        ('row set aside', 'marketing_spend', 'marketing_spend.csv line 7', 'amount')""",
    )
    report = kpis()
    notes = {(row.kpi, row.period): row.note for row in report.rows if row.method == "period"}
    told = "2 × row set aside in marketing_spend"
    assert notes["spend", TOTAL] == told
    assert notes["cac", APRIL] == f"no spend; {told}"
    assert told not in notes["leads", TOTAL] + notes["revenue", TOTAL]
    document = json.loads(report.json_file.read_text(encoding="utf-8"))
    assert [issue["records"] for issue in document["data_issues"]] == [2]
    console = Console(width=150, record=True, file=StringIO())
    console.print(render(report))
    assert f"data issue: {told}: marketing_spend.csv line 3 (amount)" in console.export_text()


def test_terminal(report: KpiReport) -> None:
    console = Console(width=110, record=True, file=StringIO())
    console.print(render(report))
    lines = console.export_text().splitlines()
    assert lines[0] == "KPIs from 2025-01-05 to 2025-04-05"

    def cells(start: str) -> list[str]:
        return next(line for line in lines if line.startswith(start)).split()

    assert cells("Revenue") == ["Revenue", "1,400.50", "–", "–", "1,400.50"]
    assert cells("Opt-in rate")[2:] == ["–", "–", "–", "5.7%"]
    assert cells("CLV ")[1:] == ["too", "early"] * 4
    # Leads, customers, revenue, rates from lead to opportunity and to customer, CAC, CLV ÷ CAC
    assert cells("@display") == ["@display", "0", "0", "–", "–", "–", "–", "–"]
    assert cells("EMEA")[:-2] == ["EMEA", "6", "3", "900.50", "33.3%", "50.0%", "100.00"]
    assert any(line.startswith("attribution: ") for line in lines)
    # What the slices leave out stands over them.
    text = " ".join(" ".join(line.split()) for line in lines)
    assert "By region, all months; no region is known of 33 % of spend, 11 % of leads" in text


def test_what_is_missing_is_said(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, toy)
    with pytest.raises(UserError, match="by 'week'; choose from month, channel, region"):
        kpis(("week",))
    with pytest.raises(UserError, match="no method 'weekly'; choose from period, cohort"):
        kpis((), "weekly")
    settings(monkeypatch, tmp_path, toy / "target")
    with pytest.raises(UserError, match=r"nothing is published at .*make run"):
        kpis()
    shutil.copytree(toy / "published", tmp_path / "published")
    with duckdb.connect(str(tmp_path / "published" / "leads.duckdb")) as connection:
        connection.execute("alter table marts.kpi_basis drop column has_customers")
    with pytest.raises(UserError, match=r"of an older version, without has_customers; .*make run"):
        kpis()
    (tmp_path / "published" / "leads.duckdb").unlink()
    with duckdb.connect(str(tmp_path / "published" / "leads.duckdb")) as connection:
        connection.execute("create table elsewhere (i integer)")
    with pytest.raises(UserError, match=r"leads.duckdb gives no KPIs: .*calendar.*make run"):
        kpis()
    settings(monkeypatch, tmp_path)
    with pytest.raises(UserError, match=r"dbt left no .*semantic_manifest.json; .*make run"):
        kpis()


def test_who_holds_the_published_file_is_said(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, tmp_path, toy / "target")
    shutil.copytree(toy / "published", tmp_path / "published")
    file = tmp_path / "published" / "leads.duckdb"
    with (
        held_warehouse(file) as holder,
        pytest.raises(BusyError, match=rf"leads\.duckdb is in use by .*process {holder}"),
    ):
        kpis()


@pytest.mark.parametrize("mark", "=+-@\t\r")
def test_a_text_that_is_no_formula_to_us_is_none_to_a_spreadsheet(mark: str) -> None:
    assert spreadsheet_cell(f"{mark}1+1") == f"'{mark}1+1"
    assert spreadsheet_cell(f"a{mark}1") == f"a{mark}1"


def test_numbers_are_no_formulas() -> None:
    assert [spreadsheet_cell(value) for value in (-1.5, -3, 0, None)] == [-1.5, -3, 0, None]
