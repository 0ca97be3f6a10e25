"""Two nights of a CRM: what the second says is what a warehouse says that saw the second alone.

The extracts are those of `LEAD_DATA_DIR`: HubSpot and Salesforce as Fivetran lands them, with a
night of changes between them. Queries give their tables the names of the input contract.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from scripts.landing.contract import landed_id, read_contract
from scripts.landing.land import LandResult, land
from scripts.landing.mapping import Options
from tests.real_data import data_folder
from tests.warehouse import run_dbt

pytestmark = pytest.mark.slow

AS_OF = "2021-05-31"
MARTS = ("+path:models/marts",)
RETITLED = "76226001"

QUERIES = {
    "leads": """
        select
            id as lead_id, property_createdate as created_at,
            property_lastmodifieddate as updated_at, property_email as email,
            property_firstname as first_name, property_lastname as last_name,
            property_company as company_name, property_jobtitle as job_title,
            property_annualrevenue as annual_revenue, 'HubSpot' as lead_source,
            null as account_id, null as merged_into_lead_id, null as consent_status,
            _fivetran_deleted as is_deleted
        from hubspot.contact
        union all by name
        select
            id as lead_id, created_date as created_at, last_modified_date as updated_at, email,
            first_name, last_name, title as job_title, lead_source, account_id,
            master_record_id as merged_into_lead_id,
            if(has_opted_out_of_email, 'opted out', null) as consent_status, is_deleted
        from salesforce.contact
        union all by name
        select
            id as lead_id, created_date as created_at, last_modified_date as updated_at, email,
            first_name, last_name, company as company_name, industry, lead_source,
            converted_account_id as account_id,
            coalesce(converted_contact_id, master_record_id) as merged_into_lead_id,
            if(has_opted_out_of_email, 'opted out', null) as consent_status, is_deleted
        from salesforce.lead
    """,
    # Some records that went into another are still there, as leads of their own.
    "lead_aliases": """
        select merged_id as alias_id, min(into_id) as lead_id, 'merged record' as kind
        from (
            select id::varchar as into_id,
                unnest(split(property_hs_merged_object_ids, ';')) as merged_id
            from hubspot.contact
            union all
            select canonical_vid::varchar, vid_to_merge::varchar from hubspot.contact_merge_audit
        )
        where merged_id not in (select id::varchar from hubspot.contact)
        group by merged_id
    """,
    "accounts": """
        select
            id as account_id, property_domain as domain, property_name as name,
            property_industry as industry, property_annualrevenue as annual_revenue,
            property_country as country, is_deleted
        from hubspot.company
        union all by name
        select
            id as account_id, website as domain, name, industry,
            number_of_employees as employee_count, billing_country as country, is_deleted
        from salesforce.account
    """,
    "opportunities": """
        select
            deal.deal_id as opportunity_id, property_createdate as created_at,
            stage.label as stage, stage.closed_won as is_won,
            if(stage.is_closed, property_closedate, null) as closed_at,
            property_amount as amount, company.company_id::varchar as account_id,
            null as lead_id, merged.deal_id::varchar as same_as_opportunity_id, deal.is_deleted
        from hubspot.deal as deal
        inner join hubspot.deal_pipeline_stage as stage
            on deal.deal_pipeline_stage_id = stage.stage_id
        left join hubspot.deal_company as company on deal.deal_id = company.deal_id
        left join hubspot.merged_deal as merged on deal.deal_id = merged.merged_deal_id
        union all by name
        select
            opportunity.id as opportunity_id, opportunity.created_date as created_at,
            stage_name as stage, is_won, if(is_closed, close_date, null)::varchar as closed_at,
            amount::varchar as amount, account_id, lead.id as lead_id, opportunity.is_deleted
        from salesforce.opportunity as opportunity
        left join salesforce.lead as lead on opportunity.id = lead.converted_opportunity_id
    """,
    # What a deal that went into another had is the other's.
    "opportunity_leads": """
        select distinct coalesce(merged.deal_id, parts.deal_id) as opportunity_id,
            contact_id as lead_id
        from hubspot.deal_contact as parts
        left join hubspot.merged_deal as merged on parts.deal_id = merged.merged_deal_id
    """,
    "opportunity_stages": """
        select distinct coalesce(merged.deal_id, entries.deal_id)::varchar as opportunity_id,
            stage.label as stage, date_entered as entered_at
        from hubspot.deal_stage as entries
        inner join hubspot.deal_pipeline_stage as stage on entries.value = stage.stage_id
        left join hubspot.merged_deal as merged on entries.deal_id = merged.merged_deal_id
        union all
        select id, stage_name, min(_fivetran_start)
        from salesforce.opportunity_history group by id, stage_name
    """,
    # An email goes to an address: one that is no contact's stands for itself.
    "lead_events": """
        select
            event.id as event_id, coalesce(contact.id::varchar, recipient) as lead_id,
            case
                when status.portal_subscription_status = 'UNSUBSCRIBED' then 'email_unsubscribe'
                else 'email_' || lower(event.type)
            end as event_type,
            created as occurred_at, click.url as page_url
        from hubspot.email_event as event
        left join hubspot.contact as contact on event.recipient = contact.property_email
        left join hubspot.email_event_status_change as status on event.id = status.id
        left join hubspot.email_event_click as click on event.id = click.id
        union all by name
        select
            'form ' || conversion_id as event_id, contact_id as lead_id,
            'form_submit' as event_type, timestamp as occurred_at, page_url
        from hubspot.contact_form_submission
        union all by name
        select distinct
            engagement_id || ' ' || contact_id as event_id, contact_id::varchar as lead_id,
            'meeting_booked' as event_type, start_time as occurred_at
        from hubspot.engagement_meeting
        inner join hubspot.engagement_contact using (engagement_id)
        union all by name
        select
            engagement_id || ' ' || contact_id as event_id, contact_id::varchar as lead_id,
            'call_connected' as event_type, property_hs_timestamp as occurred_at
        from hubspot.engagement_call
        inner join hubspot.engagement_contact using (engagement_id)
        union all by name
        select
            id as event_id, who_id as lead_id,
            if(type = 'Call', 'call_connected', 'meeting_booked') as event_type,
            activity_date_time as occurred_at, is_deleted
        from salesforce.event
        union all by name
        select
            id as event_id, who_id as lead_id,
            'task_' || lower(coalesce(type, 'other')) as event_type,
            activity_date as occurred_at, is_deleted
        from salesforce.task
    """,
}

# What the tables themselves say, a deal that counts a row: who won it, if anybody, and how much.
DEALS = """
    select
        property_amount::decimal(18, 4) as amount, stage.closed_won as is_won,
        (
            select min(coalesce(audit.canonical_vid, parts.contact_id)::varchar)
            from hubspot.deal_contact as parts
            left join hubspot.contact_merge_audit as audit on parts.contact_id = audit.vid_to_merge
            where parts.deal_id = deal.deal_id or (deal.deal_id, parts.deal_id) in (
                select (merged.deal_id, merged.merged_deal_id) from hubspot.merged_deal as merged
            )
        ) as who
    from hubspot.deal as deal
    inner join hubspot.deal_pipeline_stage as stage
        on deal.deal_pipeline_stage_id = stage.stage_id
    where not deal.is_deleted
        and deal.deal_id not in (select merged_deal_id from hubspot.merged_deal)
    union all
    select amount, is_won, coalesce(lead.converted_contact_id, lead.id)
    from salesforce.opportunity as opportunity
    left join salesforce.lead as lead on opportunity.id = lead.converted_opportunity_id
    where not opportunity.is_deleted
"""
TOTALS = f"""
    select
        (
            (select count(*) from hubspot.contact)
            + (
                select count(distinct lower(email)) from (
                    select email from salesforce.contact where master_record_id is null
                    union all
                    select email from salesforce.lead
                    where converted_contact_id is null and master_record_id is null
                )
                where lower(email) not in (
                    select lower(email) from salesforce.lead where converted_contact_id is not null
                )
            )
        ),
        count(distinct who) + count(*) filter (who is null),
        count(distinct who) filter (is_won) + count(*) filter (is_won and who is null),
        sum(amount) filter (is_won),
        sum(amount) filter (is_won and who is null)
    from ({DEALS})
"""
EVENTS = """
    select
        (
            select count(*) from hubspot.email_event
            where type = 'OPEN' and recipient in (select property_email from hubspot.contact)
        ),
        (
            (
                select count(*) from (
                    select distinct engagement_id, contact_id from hubspot.engagement_meeting
                    inner join hubspot.engagement_contact using (engagement_id)
                )
            )
            + (select count(*) from salesforce.event where type = 'Meeting')
        )
"""


@dataclass(frozen=True)
class Nights:
    """The extracts, and the warehouses after the first night, after both, and of the second alone.

    `landed` is what the second night was to the warehouse that had seen the first.
    """

    source: Path
    first: Path
    both: Path
    second: Path
    landed: LandResult


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    source = data_folder() / "crm"
    if not source.is_dir():
        pytest.skip(f"no extracts in {source}: name the folder of the data in LEAD_DATA_DIR")
    folder = tmp_path_factory.mktemp("nights")
    first, both, second = folder / "first", folder / "both", folder / "second"
    for number in (1, 2):
        write(source / f"night{number}", folder / f"files{number}")
    take_in(folder / "files1", both)
    first.mkdir()
    shutil.copy(both / "leads.duckdb", first)
    landed = take_in(folder / "files2", both)
    take_in(folder / "files2", second)
    files = [place / "leads.duckdb" for place in (first, both, second)]
    return Nights(source, files[0], files[1], files[2], landed)


def extracts(night: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the tables of a night, a schema a system."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("set TimeZone = 'UTC'")
    for file in sorted(night.rglob("*.parquet")):
        connection.execute(f"create schema if not exists {file.parent.name}")
        connection.execute(
            f"create view {file.parent.name}.{file.stem} as from read_parquet('{file}')"
        )
    return connection


def write(night: Path, target: Path) -> None:
    target.mkdir()
    with extracts(night) as connection:
        for entity, query in QUERIES.items():
            connection.execute(f"copy ({query}) to ?", [str(target / f"{entity}.parquet")])


def take_in(files: Path, folder: Path) -> LandResult:
    """Lands what a night holds, which is all there is, and builds the marts."""
    folder.mkdir(exist_ok=True)
    whole = [name for name in QUERIES if "is_deleted" in read_contract()[name].column_names]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        landed = land(files, options=Options(whole=tuple(whole)))
    run_dbt(folder, {}, MARTS, {"as_of": AS_OF})
    return landed


def rows_of(warehouse: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.sql(query).fetchall()


def test_both_nights_come_to_the_same_as_the_second_alone(nights: Nights) -> None:
    """But for the run's own numbers, and the scores of one lead before its title changed.

    Who saw the first night knows that it had no title then; for who did not, it had it all along.
    """
    differences: dict[str, set[object]] = {}
    with duckdb.connect() as connection:
        for name, warehouse in (("grown", nights.both), ("anew", nights.second)):
            connection.execute(f"attach '{warehouse}' as {name} (read_only)")
        marts = connection.sql(
            """select table_name from duckdb_tables()
            where database_name = 'anew' and schema_name = 'marts'"""
        ).fetchall()
        for (mart,) in marts:
            for one, other in (("grown", "anew"), ("anew", "grown")):
                rows = connection.sql(
                    f"from {one}.marts.{mart} except all from {other}.marts.{mart}"
                ).fetchall()
                differences.setdefault(mart, set()).update(row[0] for row in rows)
    assert len(marts) > 20
    assert differences.pop("run_info")
    assert {mart: keys for mart, keys in differences.items() if keys} == {
        "lead_score_history": {RETITLED}
    }


def test_only_who_saw_the_first_night_knows_of_the_time_before_a_change(nights: Nights) -> None:
    spans = f"""
        select valid_from::varchar, score > 0 from marts.lead_score_history
        where lead_id = '{RETITLED}' and score_model = 'standard' order by all
    """
    assert rows_of(nights.both, spans) == [("2021-03-20", False), ("2021-05-09", True)]
    assert rows_of(nights.second, spans) == [("2021-03-20", True)]


@pytest.mark.parametrize(
    ("night", "won", "won_of_nobody"), [("night1", 231_000, 186_000), ("night2", 229_000, 186_000)]
)
def test_totals_are_those_of_the_crm(
    nights: Nights, night: str, won: int, won_of_nobody: int
) -> None:
    """Of the won deals of the first night one went into another, and one of 3,000 was won since."""
    with extracts(nights.source / night) as connection:
        expected = connection.sql(TOTALS).fetchall()
        events = connection.sql(EVENTS).fetchall()
    assert expected[0][3:] == (won, won_of_nobody)
    warehouses = [nights.first] if night == "night1" else [nights.both, nights.second]
    for warehouse in warehouses:
        totals = """
            select sum(leads), sum(opportunities), sum(customers), sum(revenue),
                sum(revenue) filter (channel = '(none)')
            from marts.funnel
        """
        assert rows_of(warehouse, totals) == expected
        counted = """
            select sum(event_count) filter (event_key = 'email_open'),
                sum(event_count) filter (event_key = 'meeting_booked')
            from intermediate.int_all_event_days where follows_event_key is null
        """
        assert rows_of(warehouse, counted) == events


def test_the_second_night_says_what_is_gone(nights: Nights) -> None:
    """A contact, a deal, and what they were part of; emails to an address that nobody has now."""
    deleted = {result.entity: result.rows_deleted for result in nights.landed.entities}
    assert {entity: rows for entity, rows in deleted.items() if rows} == {
        "leads": 1, "opportunities": 1, "opportunity_leads": 2, "opportunity_stages": 1,
        "lead_events": 2,
    }  # fmt: skip
    unknown = "select record_id from marts.data_issues where issue like '%unknown%'"
    assert rows_of(nights.first, unknown) == []
    assert rows_of(nights.both, unknown) == [(landed_id("p18@firm2.com"),)]
