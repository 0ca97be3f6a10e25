"""Both CRMs at once: people and deals that are in both are one, with what either knows of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.run import Connection, connect_systems
from scripts.sales.exporting.due import RECORDS
from tests.warehouse import run_dbt

# Ada is in both, and in Salesforce as a lead and a contact; Bob is a lead of Salesforce with the
# address that he gave HubSpot; Cleo is in HubSpot alone and Dan in Salesforce alone.
HUBSPOT = {
    "contact": """
        select id, timestamp '2025-01-01 08:00' + to_days(id) as property_createdate,
            timestamp '2025-02-01' as property_lastmodifieddate, email as property_email,
            title as property_jobtitle, record as property_salesforcecontactid,
            7 as property_hubspot_owner_id
        from (values
            (1, 'ada@a.com', 'Head of IT', '003A'), (2, 'bob@b.com', 'CTO', null),
            (3, 'cleo@c.com', 'CFO', null)
        ) as t (id, email, title, record)
    """,
    "email_event": """
        select 'e1' as id, 'OPEN' as type, 'ada@a.com' as recipient,
            timestamp '2025-02-10 08:00' as created, 1 as email_campaign_id
    """,
    "deal": """
        select deal_id, 's' || deal_id as deal_pipeline_stage_id, amount as property_amount,
            timestamp '2025-02-11' as property_createdate,
            timestamp '2025-03-01' as property_closedate,
            mirrored as property_hs_salesforceopportunityid, 7 as owner_id
        from (values (10, '1000', '006A'), (11, '300', null)) as t (deal_id, amount, mirrored)
    """,
    "deal_pipeline_stage": """
        select 's' || n as stage_id, 'Won' as label, true as closed_won, true as is_closed
        from (values (10), (11)) as t (n)
    """,
    "deal_contact": "select 10 as deal_id, 1 as contact_id union all select 11, 3",
}  # fmt: skip
SALESFORCE = {
    "contact": """
        select '003A' as id, timestamp '2025-01-20' as created_date, 'ada@work.com' as email,
            'Chief of IT' as title, timestamp '2025-02-02' as last_modified_date, '005X' as owner_id
    """,
    "lead": """
        select id, timestamp '2025-01-10' as created_date,
            timestamp '2025-02-03' as last_modified_date, email,
            contact_id as converted_contact_id, contact_id is not null as is_converted,
            '005X' as owner_id
        from (values
            ('00QA', 'ada@old.com', '003A'), ('00QB', 'BOB@b.com', null),
            ('00QD', 'dan@d.com', null)
        ) as t (id, email, contact_id)
    """,
    "opportunity": """
        select '006A' as id, 'Closed Won' as stage_name, true as is_won, true as is_closed,
            1200 as amount, timestamp '2025-02-12' as created_date, date '2025-03-02' as close_date,
            timestamp '2025-03-02' as last_modified_date, '005X' as owner_id
    """,
    "opportunity_contact_role": """
        select '00K1' as id, '006A' as opportunity_id, '003A' as contact_id,
            true as is_primary
    """,
    "event": """
        select '00U1' as id, '003A' as who_id, 'Meeting' as type, 'Demo' as subject,
            timestamp '2025-02-20 09:00' as activity_date_time,
            timestamp '2025-02-15' as created_date
    """,
}  # fmt: skip


def write(folder: Path) -> None:
    for system, tables in (("hubspot", HUBSPOT), ("salesforce", SALESFORCE)):
        (folder / system).mkdir(parents=True)
        for name, select in tables.items():
            duckdb.connect().execute(f"copy ({select}) to '{folder / system / name}.parquet'")


@pytest.fixture(scope="module", params=["sf", pytest.param("hs", marks=pytest.mark.slow)])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """The system of record, and the marts of both systems."""
    folder = tmp_path_factory.mktemp(request.param)
    write(folder / "extracts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        results = connect_systems(Connection(("hubspot", "salesforce"), str(folder / "extracts")))
        assert [text for result in results for text in result.failed] == []
        run_dbt(
            folder,
            {},
            ("+funnel", "+lead_score", "+data_issues"),
            {"as_of": "2025-03-31", "system_of_record": request.param, "history": False},
        )
    with duckdb.connect(str(folder / "leads.duckdb"), read_only=True) as connection:
        yield request.param, connection


Both = tuple[str, duckdb.DuckDBPyConnection]


def rows(both: Both, sql: str) -> list[tuple[Any, ...]]:
    return both[1].sql(sql).fetchall()


ADA = {"sf": "sf:003A", "hs": "hs:1"}


def test_a_person_in_both_is_one_lead(both: Both) -> None:
    bob = "hs:2"  # who came in first: nothing but the address says that both are he
    assert rows(both, "select lead_id from marts.lead_score order by 1") == [
        (lead,) for lead in sorted([ADA[both[0]], bob, "hs:3", "sf:00QD"])
    ]


def test_each_record_of_a_person_is_written_to_in_its_own_system(both: Both) -> None:
    ada = ADA[both[0]]
    for prefix, records in (
        ("hs:", [("hs:1", ada), ("hs:2", "hs:2"), ("hs:3", "hs:3")]),
        # What became of Ada's lead is her contact; Bob's lead is of who is hs:2 here.
        ("sf:", [("sf:003A", ada), ("sf:00QB", "hs:2"), ("sf:00QD", "sf:00QD")]),
    ):
        found = both[1].execute(f"from ({RECORDS}) order by all", [prefix, ".+"]).fetchall()
        assert found == records


def test_the_system_of_record_says_what_is_known_of_it(both: Both) -> None:
    known = rows(
        both,
        f"""select email, job_title, owner_id from intermediate.int_lead_profiles
        where is_current and lead_id = '{ADA[both[0]]}'""",
    )
    assert known == [
        ("ada@work.com", "Chief of IT", "sf:005X")
        if both[0] == "sf"
        else ("ada@a.com", "Head of IT", "hs:7")
    ]


def test_a_deal_in_both_counts_once_by_the_record(both: Both) -> None:
    totals = "select sum(opportunities), sum(customers), sum(revenue) from marts.funnel"
    ((opportunities, customers, revenue),) = rows(both, totals)
    assert (opportunities, customers) == (2, 2)
    assert revenue == (1500 if both[0] == "sf" else 1300)
    faults = """select record_id from marts.data_issues
        where entity = 'opportunities' and issue not like '% in the source'"""
    assert rows(both, faults) == []


def test_what_either_saw_it_do_counts(both: Both) -> None:
    seen = rows(
        both,
        f"""select distinct event_key from intermediate.int_all_event_days
        where lead_id = '{ADA[both[0]]}' and event_key in ('email_open', 'meeting_booked')
        order by 1""",
    )
    assert seen == [("email_open",), ("meeting_booked",)]
