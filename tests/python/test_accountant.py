"""Twelve leads whose books an accountant can check by hand: the files are in `tests/accountant`.

What is known on 30 June 2025, in EUR. A dollar is 0.90 EUR, from 1 March 2025 on 0.80.

| person | came in       | channel, region    | what happened                                      |
|--------|---------------|--------------------|----------------------------------------------------|
| A      | 1 Feb 2024    | referral, North    | no opportunity; pays 500, a customer by that       |
| B      | 10 Jan        | paid_search, North | two leads, B1 and B2, one email. Their deal O1 is  |
|        |               |                    | listed under both and won 14 Feb: 2,000 USD. Pays  |
|        |               |                    | 2,000 USD as B1, 250 EUR as B2                     |
| C      | 15 Jan        | paid_search, North | no opportunity; pays 100 USD at each of both rates |
| D      | 31 Jan, 23:30 | paid_search, South | O2 lost 25 Feb, reopened, won 10 May: 3,000 EUR;   |
|        |               |                    | has not paid yet                                   |
| E      | 3 Feb         | event, South       | O3 won 5 Mar: 1,000 EUR, of which 400 are paid     |
|        |               |                    | back; O5 won 31 May, without an amount             |
| F      | 10 Feb        | event, South       | asks for a demo, meets, no more                    |
| G      | 20 Feb        | none, none         | downloads something                                |
| H      | 5 Mar         | email, North       | O4 open since 10 Mar; email costs nothing          |
| I      | 5 Mar         | paid_search, North | deleted 20 Mar; the only payment is a refund of 50 |
| K      | 12 Mar        | email, North       | J1, merged into K1, which was created in May       |

Ten people of twelve leads. In April nothing happens. In this case an MQL asked for a demo and an
SQL has booked a meeting. Spend: January paid_search 600 EUR in North and 100 USD of tools without
region; February paid_search 300 and display, which brings no lead, 200; March 250 of people and May
110 of media for events. Visitors: 40 on the day B came, 20 on E's, 10 (in South) on I's.

Sales called B on 21 January, a day before B became an SQL, and on 23 January at 16:00; F on 19
February; C never. Emails: to B2 on 31 January, opened as B1 the next morning; to H on 6 March,
opened twice, and on 20 March, clicked on the 30th, so opened; to J1 on 13 March, not opened. H also
opened one of a campaign of which no email was sent to H. 80 % of revenue is margin, a lead has 3
months to earn its cost, and 72 hours are agreed from SQL to contact.
"""

import json
from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from scripts.kpis.kpis import kpis
from scripts.kpis.report import KpiReport
from scripts.landing.land import land
from scripts.scoring.build import build
from scripts.scoring.publish import publish
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT

CASE = PROJECT / "tests" / "accountant"
MONTHS = ("2024-02", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "all")
EVERY = "(all)"

PERIOD = {
    # From 1 February 2024, when A came in, to 30 June 2025, until when all is known.
    "days_covered": [29, 31, 28, 31, 30, 31, 516],
    "visitors": [None, 40, 20, 10, None, None, 70],
    # A · B C D · E F G · H I K, who came in as J1. B2 is B.
    "leads": [1, 3, 3, 3, 0, 0, 10],
    # G
    "iqls": [0, 0, 1, 0, 0, 0, 1],
    # B, by what was done as B2 · F
    "mqls": [0, 1, 1, 0, 0, 0, 2],
    # B · F · C, who was never an MQL
    "sqls": [0, 1, 1, 1, 0, 0, 3],
    # H
    "trials": [0, 0, 0, 1, 0, 0, 1],
    # B's O1 · D's O2, E's O3 · H's O4; O5 is E's second.
    "opportunities": [0, 1, 2, 1, 0, 0, 4],
    # A by payment · B by O1, C by payment · E by O3 · D by O2. I paid nothing.
    "customers": [1, 0, 2, 1, 0, 1, 5],
    # 500 · 2,000 × 0.90 + 100 × 0.90 = 1,890 · 100 × 0.80 + 1,000 − 400 − 50 = 630 · 250
    "revenue": [500, None, 1890, 630, None, 250, 3270],
    # 600 + 100 × 0.90 = 690 · 300 + 200 · 250 · 110
    "spend": [None, 690, 500, 250, None, 110, 1550],
    # B ÷ 40 · E ÷ 20 · I ÷ 10, whose channel has visitors that day, elsewhere · 3 ÷ 70
    "opt_in_rate": [None, 1 / 40, 1 / 20, 1 / 10, None, None, 3 / 70],
    # Each count over the one before it, whoever they are.
    "lead_to_mql_rate": [0, 1 / 3, 1 / 3, 0, None, None, 2 / 10],
    "mql_to_sql_rate": [None, 1 / 1, 1 / 1, None, None, None, 3 / 2],
    "lead_to_opportunity_rate": [0, 1 / 3, 2 / 3, 1 / 3, None, None, 4 / 10],
    "opportunity_to_customer_rate": [None, 0, 2 / 2, 1 / 1, None, None, 5 / 4],
    "lead_to_customer_rate": [1, 0, 2 / 3, 1 / 3, None, None, 5 / 10],
    # Spend ÷ leads, ÷ opportunities, ÷ customers.
    "cost_per_lead": [None, 230, 500 / 3, 250 / 3, None, None, 155],
    "cost_per_opportunity": [None, 690, 250, 250, None, None, 387.5],
    "cac": [None, None, 250, 250, None, 110, 310],
    # O1 2,000 × 0.90 · O3 1,000 · O2 3,000, O5 has no amount · 5,800 ÷ 3
    "average_deal_size": [None, None, 1800, 1000, None, 3000, 5800 / 3],
    "sales_cycle_customers": [1, 0, 2, 1, 0, 1, 5],
    "sales_cycle_left_out": [0, 0, 0, 0, 0, 0, 0],
    # A 1 Feb 8:00 to 10 Feb 20:00 9.5 · B 10 Jan to 14 Feb 35, C 15 Jan to 28 Feb noon 44.5 ·
    # E 3 Feb to 5 Mar 30 · D 31 Jan 23:30 to 10 May 11:30 98.5
    "sales_cycle_median": [9.5, None, 39.75, 30, None, 98.5, 35],
    "sales_cycle_mean": [9.5, None, 39.75, 30, None, 98.5, 217.5 / 5],
    # Who paid: A · B, C · C, E · nobody · B. I's refund makes no customer.
    "active_customers": [1, 0, 2, 2, 0, 1, 6],
    # March: C of B and C. April: neither C nor E. All: A was gone in March 2024 and B in June, so
    # 1 of 1 + 2 + 2 + 1.
    "retention_rate": [None, None, None, 1 / 2, 0 / 2, None, 1 / 6],
    # 80 % of what was paid ÷ customer-months, in the 12 months up to this one: 500 ÷ 1 ·
    # 1,890 ÷ 2 · 2,520 ÷ 4 · the same · 2,770 ÷ 5. February 2024 is the first month: too early.
    "margin_per_customer": [None, 400, 756, 504, 504, 443.2, 443.2],
    # Those who could leave ÷ those who left, in the same months: A left · A · B left of B and C,
    # for A's month is out of the window · also C and E · the same; in June B, too.
    "customer_lifetime": [None, 1, 1, 2, 4 / 3, 4 / 3, 5 / 4],
    # One times the other.
    "clv": [None, 400, 756, 1008, 672, 443.2 * 4 / 3, 443.2 * 5 / 4],
    "clv_to_cac": [
        None,
        None,
        756 / 250,
        1008 / 250,
        None,
        443.2 * 4 / 3 / 110,
        443.2 * 5 / 4 / 310,
    ],
    "cac_payback_months": [None, None, 250 / 756, 250 / 504, None, 110 / 443.2, 310 / 443.2],
    # B, 22 Jan 10:00 to 23 Jan 16:00 · F, 12 Feb to 19 Feb · C was never called.
    "sqls_contacted": [0, 1, 1, 0, 0, 0, 2],
    "contacted_in_time_rate": [None, 1 / 1, 0 / 1, 0 / 1, None, None, 1 / 3],
    "contact_hours_median": [None, 30, 168, None, None, None, 99],
    "contact_hours_mean": [None, 30, 168, None, None, None, 99],
    # B's is January's, whenever it was opened. H's two and J's.
    "emails_sent": [None, 1, None, 3, None, None, 4],
    "email_open_rate": [None, 1 / 1, None, 2 / 3, None, None, 3 / 4],
    "email_click_rate": [None, 0 / 1, None, 1 / 3, None, None, 1 / 4],
}

COHORT = {
    # B of B C D · F of E F G · nobody of H I K
    "lead_to_mql_rate": [0, 1 / 3, 1 / 3, 0, None, None, 2 / 10],
    "mql_to_sql_rate": [None, 1, 1, None, None, None, 2 / 2],
    # B, D · E · H
    "lead_to_opportunity_rate": [0, 2 / 3, 1 / 3, 1 / 3, None, None, 4 / 10],
    # B, D, both won · E won · H open
    "opportunity_to_customer_rate": [None, 2 / 2, 1, 0, None, None, 3 / 4],
    # A · B, C, D · E
    "lead_to_customer_rate": [1, 3 / 3, 1 / 3, 0, None, None, 5 / 10],
    # A 9.5 days · E 30 days to the second
    "lead_to_customer_rate_within_30": [1, 0, 1 / 3, 0, None, None, 2 / 10],
    # and B 35, C 44.5; D took 98.5
    "lead_to_customer_rate_within_60": [1, 2 / 3, 1 / 3, 0, None, None, 4 / 10],
    # 31 March + 90 days is 29 June: March had them.
    "lead_to_customer_rate_within_90": [1, 2 / 3, 1 / 3, 0, None, None, 4 / 10],
    # 31 January + 180 days is 30 July: too early for all but A.
    "lead_to_customer_rate_within_180": [1, None, None, None, None, None, 1 / 1],
    # B after 5 days, D 5, E 7, H 5
    "lead_to_opportunity_rate_within_30": [0, 2 / 3, 1 / 3, 1 / 3, None, None, 4 / 10],
    # B after 10 days, F 1
    "lead_to_mql_rate_within_30": [0, 1 / 3, 1 / 3, 0, None, None, 2 / 10],
    # 80 % of what came in within 3 months, against 690, 500 and 250. January: B 1,800 (the 250 of
    # May come too late), C 90 + 80. February: E 1,000 − 400. March: I −50. May has not had its
    # time. All: A's 500 too, for which nothing was spent.
    "roi": [None, 0.8 * 1970 / 690 - 1, -0.04, -290 / 250, None, None, 0.8 * 3020 / 1440 - 1],
}

# Over all months: (kpi, channel, region).
SLICES = {
    # B, C, D for 600 + 90 + 300 · E for 250 + 110
    ("cac", "paid_search", EVERY): 990 / 3,
    ("cac", "event", EVERY): 360 / 1,
    # Spend without customers, customers without spend, leads without spend.
    ("spend", "display", EVERY): 200,
    ("leads", "display", EVERY): 0,
    ("cac", "display", EVERY): None,
    ("customers", "referral", EVERY): 1,
    ("cac", "referral", EVERY): None,
    ("leads", "email", EVERY): 2,
    ("cost_per_lead", "email", EVERY): None,
    # What was spent without a region is not spread over regions.
    ("spend", "paid_search", "(none)"): 90,
    ("cac", "paid_search", "North"): 900 / 2,
    ("leads", "(none)", "(none)"): 1,
    # B 1,800 + 250, C 90 + 80, I −50: what B2 paid is B's, in the region and channel of B1.
    ("revenue", "paid_search", "North"): 2170,
    ("revenue", "event", "South"): 600,
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """The files, landed in a warehouse of their own."""
    folder = tmp_path_factory.mktemp("accountant")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        patch.setenv("LEADS_SEEDS", str(CASE / "seeds"))
        landed = land(CASE, datetime(2025, 7, 1))
        assert (landed.total.rows_landed, landed.total.rows_rejected) == (57, 0)
        yield patch


def reported(*arguments: str, **variables: object) -> KpiReport:
    """Builds with variables, publishes, computes the KPIs."""
    choices = {"gross_margin": 0.8, "roi_months": 3, "contact_within_hours": 72}
    given = {"as_of": "2025-06-30", "reporting_currency": "EUR", **choices, **variables}
    options = ["--exclude-resource-type", "unit_test", "--vars", json.dumps(given)]
    build(lambda done, total, name: None, [*options, *arguments])
    publish()
    return kpis(("month", "channel", "region"))


@pytest.fixture(scope="module")
def report(case: pytest.MonkeyPatch) -> KpiReport:
    return reported()


def values(report: KpiReport, kpi: str, method: str) -> list[float | None]:
    found = {
        row.period: row.value
        for row in report.rows
        if (row.kpi, row.method, row.channel, row.region) == (kpi, method, EVERY, EVERY)
    }
    return [found[month] for month in MONTHS]


@pytest.mark.parametrize("kpi", PERIOD)
def test_what_happened_in_the_month(report: KpiReport, kpi: str) -> None:
    assert values(report, kpi, "period") == pytest.approx(PERIOD[kpi])


@pytest.mark.parametrize("kpi", COHORT)
def test_what_became_of_the_leads_of_the_month(report: KpiReport, kpi: str) -> None:
    assert values(report, kpi, "cohort") == pytest.approx(COHORT[kpi])


def test_by_channel_and_region(report: KpiReport) -> None:
    found = {
        (row.kpi, row.channel, row.region): row.value
        for row in report.rows
        if (row.period, row.method) == ("all", "period")
    }
    assert {key: found[key] for key in SLICES} == pytest.approx(SLICES)


def test_growth(report: KpiReport) -> None:
    growth = {
        (row.kpi, row.period): row
        for row in report.rows
        if (row.channel, row.region) == (EVERY, EVERY) and row.kpi.startswith("revenue_growth")
    }
    # March over February, 630 ÷ 1,890 − 1. February over the February before, 1,890 ÷ 500 − 1.
    assert growth["revenue_growth_month", "2025-03"].value == pytest.approx(-2 / 3)
    assert growth["revenue_growth_year", "2025-02"].value == pytest.approx(2.78)
    # April earned nothing to grow from.
    may = growth["revenue_growth_month", "2025-05"]
    assert (may.value, may.note) == (None, "no revenue in 2025-04 or 2025-05")


def test_the_report_names_its_choices(report: KpiReport) -> None:
    assert report.choices["currency"] == "EUR"
    assert report.choices["cost types"] == "media, people, tools"
    assert report.choices["revenue"] == "net payments"
    assert "2025-06-30" in report.choices["maturity"]
    assert report.choices["margin"].startswith("80%")
    assert "within 3 months" in report.choices["ROI"]
    assert "at most 60 months" in report.choices["CLV"]
    assert report.choices["agreed time"].startswith("72 hours")


def test_what_is_too_early(report: KpiReport) -> None:
    early = {(row.kpi, row.period) for row in report.rows if row.is_too_early}
    assert {("clv", "2024-02"), ("roi", "2025-05")} <= early
    assert not early & {("clv", "2025-01"), ("roi", "2025-03"), ("clv", "all")}


def test_a_reopened_deal_that_was_won_is_not_lost(report: KpiReport) -> None:
    with duckdb.connect(str(report.csv_file.parent.parent / "leads.duckdb")) as connection:
        lost = connection.sql("select lead_id from marts.lead_lifecycle where lost_at is not null")
        assert lost.fetchall() == []


@pytest.mark.slow
def test_chosen_cost_types_alone_are_spend(report: KpiReport) -> None:
    media = reported("--select", "int_marketing_spend+", cost_types=["media"])
    # 600 · 300 + 200 · 110; the people of March and the tools of January do not count.
    assert values(media, "spend", "period") == [None, 600, 500, None, None, 110, 1210]
    assert values(media, "cac", "period")[-1] == 1210 / 5
    assert media.choices["cost types"] == "media"


@pytest.mark.slow
def test_two_currencies_and_no_choice_fail_the_build(report: KpiReport) -> None:
    choose = "currency EUR, USD, .* choose one in the var reporting_currency"
    with pytest.raises(UserError, match=choose):
        reported("--select", "+assert_every_amount_has_a_rate", reporting_currency="")
    with pytest.raises(UserError, match="currency EUR, amount_date 2024-02-10"):
        reported("--select", "+assert_every_amount_has_a_rate", reporting_currency="GBP")
