"""HubSpot's tables come to the landing whole: every row is landed, or set aside for a reason.

What lands is held against SQL over the extracts of `LEAD_DATA_DIR`, written apart from that of the
connector, as Fivetran lands them; then against the same rows as Airbyte and dlt would land them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.landing.connecting.query import read_connector
from scripts.landing.contract import landed_id
from scripts.run import ConnectedResult, Connection, connect_systems
from tests.real_data import data_folder
from tests.shapes_of_hubspot import AIRBYTE, DLT
from tests.warehouse import run_dbt

Rows = Sequence[Mapping[str, object]]
Tables = Mapping[str, Rows]

EXTRACTS = ("connectors", "crm/night1", "crm/night2")
AS_OF = "2021-05-31"

# What becomes of the rows of each raw table: SQL of a fate, over the row r, and how many rows of
# each extract have it. A row that is looked up gives others a name.
LOOKED_UP = "'looked up'"
DETAIL = "if(r.id in (select id from email_event), 'told in its event', 'its event is not there')"
HAS_CONTACT = """case
    when r.engagement_id in (select engagement_id from engagement_contact) then 'landed'
    else 'of no contact'
end"""
FATES: dict[str, tuple[str, tuple[dict[str, int], ...]]] = {
    "company": ("'landed'", ({"landed": 24},) * 3),
    "contact": (
        """case
            when r.id::varchar in (
                select unnest(split(property_hs_merged_object_ids, ';')) from contact
            ) then 'merged'
            when r._fivetran_deleted then 'deleted'
            else 'landed'
        end""",
        (
            {"landed": 19, "merged": 3},
            {"landed": 19, "merged": 3},
            {"landed": 17, "merged": 3, "deleted": 1},
        ),
    ),
    "contact_form_submission": ("'landed'", ({"landed": 5},) * 3),
    "contact_list": (LOOKED_UP, ({"looked up": 60},) * 3),
    "contact_list_member": ("'landed'", ({"landed": 100},) * 3),
    "contact_merge_audit": ("'alias'", ({"alias": 4}, {"alias": 4}, {"alias": 5})),
    "contact_property_history": (
        """case
            when r.contact_id not in (select id from contact) then 'of no contact'
            when r.name not in ('jobtitle', 'lifecyclestage', 'hubspot_owner_id')
                then 'no column of the contract'
            when r.timestamp < (select property_createdate from contact where id = r.contact_id)
                then 'told in the version of the creation'
            when r.value <> (
                select max(value) from contact_property_history as o
                where (o.contact_id, o.timestamp, o.name) = (r.contact_id, r.timestamp, r.name)
            ) then 'at once with another of its property'
            else 'version'
        end""",
        (
            {"of no contact": 100},
            {
                "of no contact": 13,
                "told in the version of the creation": 56,
                "at once with another of its property": 7,
                "version": 24,
            },
            {
                "of no contact": 21,
                "told in the version of the creation": 48,
                "at once with another of its property": 7,
                "version": 24,
            },
        ),
    ),
    "deal": (
        """case
            when r.deal_pipeline_stage_id is null then 'set aside: without a stage'
            when r.is_deleted then 'deleted'
            when r.deal_id in (
                select merged_deal_id from merged_deal
                where deal_id in (select deal_id from deal)
            ) then 'merged'
            else 'landed'
        end""",
        (
            {"set aside: without a stage": 44},
            {"landed": 43, "merged": 1},
            {"landed": 41, "merged": 1, "deleted": 1},
        ),
    ),
    "deal_company": (
        "if(r.deal_id in (select deal_id from deal), 'account of a deal', 'of no deal')",
        ({"of no deal": 2}, {"account of a deal": 14}, {"account of a deal": 14}),
    ),
    "deal_contact": (
        """if(
            r.rowid > (
                select min(o.rowid) from deal_contact as o
                where (o.deal_id, o.contact_id) = (r.deal_id, r.contact_id)
            ),
            'again with another type', 'landed'
        )""",
        (
            {"landed": 11},
            {"landed": 26, "again with another type": 5},
            {"landed": 26, "again with another type": 5},
        ),
    ),
    "deal_pipeline": (LOOKED_UP, ({"looked up": 6},) * 3),
    "deal_pipeline_stage": (LOOKED_UP, ({"looked up": 71},) * 3),
    "deal_stage": ("'landed'", ({"landed": 14}, {"landed": 58}, {"landed": 58})),
    "email_campaign": (LOOKED_UP, ({"looked up": 100},) * 3),
    "email_event": ("'landed'", ({"landed": 100}, {"landed": 140}, {"landed": 140})),
    "email_event_bounce": (DETAIL, ({"its event is not there": 100},) * 3),
    "email_event_click": (
        DETAIL,
        (
            {"its event is not there": 100},
            {"told in its event": 20, "its event is not there": 80},
            {"told in its event": 20, "its event is not there": 80},
        ),
    ),
    "email_event_open": (DETAIL, ({"its event is not there": 100},) * 3),
    "email_event_sent": ("'holds nothing for a lead'", ({"holds nothing for a lead": 100},) * 3),
    "email_event_spam_report": (
        "'holds nothing for a lead'",
        ({"holds nothing for a lead": 32},) * 3,
    ),
    "email_event_status_change": (
        DETAIL,
        (
            {"its event is not there": 100},
            {"told in its event": 2, "its event is not there": 98},
            {"told in its event": 2, "its event is not there": 98},
        ),
    ),
    "engagement": ("'told by the table of its type'", ({"told by the table of its type": 1},) * 3),
    "engagement_call": (HAS_CONTACT, ({"landed": 1},) * 3),
    "engagement_contact": (
        """if(
            r.engagement_id in (select engagement_id from engagement_meeting)
            or r.engagement_id in (select engagement_id from engagement_call),
            'landed', 'its engagement is not there'
        )""",
        ({"landed": 1}, {"landed": 71}, {"landed": 69}),
    ),
    "engagement_deal": ("'holds nothing for a lead'", ({"holds nothing for a lead": 1},) * 3),
    "engagement_email": (HAS_CONTACT, ({"of no contact": 1},) * 3),
    "engagement_meeting": (
        HAS_CONTACT,
        (
            {"of no contact": 100},
            {"landed": 60, "of no contact": 40},
            {"landed": 59, "of no contact": 41},
        ),
    ),
    "form": (LOOKED_UP, ({"looked up": 5},) * 3),
    "merged_deal": (
        """case
            when r.deal_id not in (select deal_id from deal) then 'of no deal'
            when r.merged_deal_id in (select deal_id from deal) then 'one with another'
            else 'names a deal that is gone'
        end""",
        (
            {"of no deal": 14},
            {"of no deal": 13, "one with another": 1},
            {"of no deal": 13, "one with another": 1, "names a deal that is gone": 1},
        ),
    ),
    "owner": ("'landed'", ({"landed": 100},) * 3),
}

# The keys of what is to land, from the raw tables.
SURVIVING_DEAL = """coalesce(
    (
        select m.deal_id from merged_deal as m
        where m.merged_deal_id = r.deal_id and m.deal_id in (select deal_id from deal)
    ),
    r.deal_id
)"""
KEYS = {
    "leads": ("lead_id", "select 'hs:' || id from contact"),
    "lead_aliases": (
        "alias_id",
        """select 'hs:' || unnest(split(property_hs_merged_object_ids, ';')) from contact
        union select 'hs:' || vid_to_merge from contact_merge_audit""",
    ),
    "accounts": ("account_id", "select 'hs:' || id from company"),
    "reps": ("rep_id", "select 'hs:' || owner_id from owner"),
    "opportunities": (
        "opportunity_id",
        "select 'hs:' || deal_id from deal where deal_pipeline_stage_id is not null",
    ),
    "opportunity_leads": (
        "opportunity_id, lead_id",
        f"select distinct 'hs:' || {SURVIVING_DEAL}, 'hs:' || r.contact_id from deal_contact as r",
    ),
    "opportunity_stages": (
        "opportunity_id, stage, entered_at",
        f"""select distinct 'hs:' || {SURVIVING_DEAL}, coalesce(s.label, r.value),
            r.date_entered::timestamp
        from deal_stage as r left join deal_pipeline_stage as s on r.value = s.stage_id""",
    ),
    "lead_events": (
        "event_id",
        """select 'hs:email ' || id from email_event
        union all select 'hs:form ' || conversion_id from contact_form_submission
        union all
        select 'hs:list_joined ' || contact_list_id || ' ' || contact_id from contact_list_member
        union all
        select distinct 'hs:meeting_booked ' || engagement_id || ' ' || contact_id
        from engagement_contact
        where engagement_id in (select engagement_id from engagement_meeting)
        union all
        select distinct 'hs:call ' || engagement_id || ' ' || contact_id
        from engagement_contact where engagement_id in (select engagement_id from engagement_call)
        union all
        select 'hs:lifecycle_marketingqualifiedlead ' || id from contact
        where mql_at is not null
        union all
        select 'hs:lifecycle_salesqualifiedlead ' || id from contact
        where sql_at is not null""",
    ),
}


def connect(where: Path, folder: Path, schema: str | None = None) -> ConnectedResult:
    """What lands of a place in the warehouse of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        patch.setenv("LEADS_TEMP", str(folder / "tmp"))
        (result,) = connect_systems(Connection(("hubspot",), str(where), schema))
    assert result.failed == []
    return result


def landed(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "leads.duckdb"), read_only=True) as connection:
        return connection.sql(query).fetchall()


def extract(name: str) -> Path:
    folder = data_folder() / name / "hubspot"
    if not folder.is_dir():
        pytest.skip(f"no extracts in {folder}: name the folder of the data in LEAD_DATA_DIR")
    return folder


@cache
def raw_tables(name: str) -> duckdb.DuckDBPyConnection:
    """A connection with the tables of an extract, and days that two extracts alone have."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("set TimeZone = 'UTC'")
    for file in sorted(extract(name).iterdir()):
        reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
        connection.execute(f"create table {file.stem} as from {reader}('{file}')")
    for column, stage in (("mql_at", "marketing"), ("sql_at", "sales")):
        connection.execute(f"alter table contact add column {column} timestamp")
        if name != "connectors":
            of = f"property_hs_lifecyclestage_{stage}qualifiedlead_date"
            connection.execute(f"update contact set {column} = {of}")
    return connection


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of warehouses, each with one extract alone."""
    folder = tmp_path_factory.mktemp("hubspot")
    for name in EXTRACTS:
        refuse_twice(connect(extract(name), folder / name))
    return {name: folder / name for name in EXTRACTS}


@pytest.mark.parametrize("name", EXTRACTS)
@pytest.mark.parametrize("table", FATES)
def test_every_row_of_a_table_has_a_fate(table: str, name: str) -> None:
    fate, expected = FATES[table]
    connection = raw_tables(name)
    counted = connection.sql(
        f"select {fate} as fate, count(*) from {table} as r group by fate"
    ).fetchall()
    assert dict(counted) == expected[EXTRACTS.index(name)]


def test_every_table_is_accounted_for() -> None:
    for name in EXTRACTS:
        assert {file.stem for file in extract(name).iterdir()} == set(FATES)


@pytest.mark.parametrize("name", EXTRACTS)
@pytest.mark.parametrize("entity", KEYS)
def test_what_lands_is_what_is_to_land_each_once(
    warehouses: dict[str, Path], entity: str, name: str
) -> None:
    key, query = KEYS[entity]
    connection = raw_tables(name)
    expected = connection.sql(query).fetchall()
    rows = landed(warehouses[name], f"select {key} from raw.{entity}")
    assert sorted({*rows}, key=str) == sorted(expected, key=str)
    if entity != "leads":
        assert len(rows) == len({*rows})


def test_nothing_else_is_set_aside(warehouses: dict[str, Path]) -> None:
    for name, folder in warehouses.items():
        rejected = landed(
            folder,
            "select entity, column_name, reason, count(*) from raw.rejected_rows group by all",
        )
        without_stage = [("opportunities", "stage", "is missing", 44)]
        assert rejected == (without_stage if name == "connectors" else [])
        assert landed(folder, "from raw.rejected_cells") == []


@pytest.mark.parametrize("name", EXTRACTS)
def test_what_went_into_another_is_merged_and_what_is_deleted_is_so(
    warehouses: dict[str, Path], name: str
) -> None:
    """Contact 20 lists three others, 21 went into one of these, and all end there."""
    merged = landed(
        warehouses[name],
        """select lead_id, merged_into_lead_id from raw.leads
        where merged_into_lead_id is not null order by all""",
    )
    assert merged == [
        (f"hs:{contact}", "hs:78971951") for contact in ("46897301", "76226001", "76340251")
    ]
    deleted = landed(warehouses[name], "select lead_id from raw.leads where is_deleted")
    assert deleted == ([("hs:78971951",)] if name == "crm/night2" else [])
    aliases = landed(warehouses[name], "select alias_id, lead_id from raw.lead_aliases")
    assert (("hs:79092001", "hs:78971951") in aliases) == (name == "crm/night2")


@pytest.mark.parametrize("name", EXTRACTS[1:])
def test_a_version_has_what_the_history_says_was_held_then(
    warehouses: dict[str, Path], name: str
) -> None:
    versions = landed(
        warehouses[name],
        """select lead_id[4:]::bigint, updated_at, job_title, owner_id[4:],
            attributes ->> 'lifecyclestage', email
        from raw.leads where updated_at < '2021-04-02 12:00:00' order by all""",
    )
    held = """select (
        select max_by(value, (timestamp, value)) from contact_property_history
        where contact_id = $1 and timestamp <= $2 and name = $3
    )"""
    connection = raw_tables(name)
    columns = ("jobtitle", "hubspot_owner_id", "lifecyclestage")
    expected = [
        (
            contact,
            at,
            *(connection.execute(held, [contact, at, name]).fetchall()[0][0] for name in columns),
            None,
        )
        for contact, at, *_ in versions
    ]
    (moments,) = connection.sql(
        """select count(*) from (
            select distinct contact_id, greatest(timestamp, property_createdate)
            from contact_property_history as h inner join contact on h.contact_id = contact.id
            where h.name in ('jobtitle', 'lifecyclestage', 'hubspot_owner_id')
            union
            select contact_id, property_createdate
            from contact_property_history as h inner join contact on h.contact_id = contact.id
        )"""
    ).fetchall()[0]
    assert versions == expected
    same = sum(one[0] == two[0] and one[2:] == two[2:] for one, two in pairwise(expected))
    assert len(versions) > 30
    assert moments - len(versions) == UNCHANGED
    assert same == 0


UNCHANGED = 3


@pytest.mark.parametrize("name", EXTRACTS[1:])
def test_an_email_is_of_the_contact_that_has_its_address(
    warehouses: dict[str, Path], name: str
) -> None:
    connection = raw_tables(name)
    expected = connection.sql(
        """select 'hs:email ' || id, coalesce(
            (select 'hs:' || id from contact where property_email = recipient),
            'hs:' || recipient
        )
        from email_event order by all"""
    ).fetchall()
    rows = landed(
        warehouses[name],
        "select event_id, lead_id from raw.lead_events where event_id like 'hs:email %' order by 1",
    )
    assert rows == [(event, landed_id(lead)) for event, lead in expected]
    types = landed(
        warehouses[name],
        """select event_type, count(*), count(page_url) from raw.lead_events
        where event_type like 'email%' group by all order by all""",
    )
    assert types == [
        ("email_click", 20, 20),
        ("email_delivered", 3, 0),
        ("email_open", 90, 0),
        ("email_processed_filtered", 3, 0),
        ("email_sent", 22, 0),
        ("email_unsubscribe", 2, 0),
    ]


def test_deals_are_those_of_the_crm(warehouses: dict[str, Path]) -> None:
    """Stage, result, day, amount and owner of each, by its own tables."""
    for name in EXTRACTS[1:]:
        connection = raw_tables(name)
        expected = connection.sql(
            """select
                'hs:' || d.deal_id, s.label, s.closed_won,
                if(s.is_closed, d.property_closedate::timestamp, null), d.property_amount::double,
                'hs:' || d.owner_id, 'hs:' || c.company_id, d.is_deleted
            from deal as d
            left join deal_pipeline_stage as s on d.deal_pipeline_stage_id = s.stage_id
            left join deal_company as c on d.deal_id = c.deal_id
            order by all"""
        ).fetchall()
        rows = landed(
            warehouses[name],
            """select opportunity_id, stage, is_won, closed_at, amount::double, owner_id,
                account_id, is_deleted
            from raw.opportunities order by all""",
        )
        assert rows == expected


@pytest.mark.slow
def test_totals_are_those_of_the_crm(tmp_path: Path) -> None:
    """Of the won deals of the first night one went into another, and one of 3,000 was won since."""
    totals = """
        select sum(opportunities), sum(customers), sum(revenue) from marts.funnel
    """
    for name, revenue in (("crm/night1", 231_000), ("crm/night2", 229_000)):
        connect(extract(name), tmp_path)
        run_dbt(tmp_path, {}, ("+path:models/marts/funnel",), {"as_of": AS_OF})
        connection = raw_tables(name)
        expected = connection.sql(CRM_TOTALS).fetchall()
        assert expected[0][2] == revenue
        assert landed(tmp_path, totals) == expected
        of_nobody = landed(
            tmp_path,
            """select sum(amount) from intermediate.int_opportunities
            where status = 'won' and lead_id is null""",
        )
        assert of_nobody == [(186_000,)]


# The CRM's own, by its tables: a deal counts once, and so does who won several.
CRM_TOTALS = """
    with recursive
    merges as (
        select id as into_id, unnest(split(property_hs_merged_object_ids, ';'))::bigint as from_id
        from contact
        union
        select canonical_vid, vid_to_merge from contact_merge_audit
    ),
    people as (
        select distinct contact_id, contact_id as person_id from deal_contact
        union
        select people.contact_id, merges.into_id
        from people inner join merges on people.person_id = merges.from_id
    ),
    deals as (
        select d.*, s.closed_won,
            (
                select min(people.person_id)
                from deal_contact as p inner join people using (contact_id)
                where people.person_id not in (select from_id from merges)
                    and p.deal_id in (
                        select d.deal_id
                        union all
                        select merged_deal_id from merged_deal where deal_id = d.deal_id
                    )
            ) as who
        from deal as d
        inner join deal_pipeline_stage as s on d.deal_pipeline_stage_id = s.stage_id
        where not d.is_deleted and d.deal_id not in (select merged_deal_id from merged_deal)
    )
    select
        count(distinct who) + count(*) filter (who is null),
        count(distinct who) filter (closed_won) + count(*) filter (closed_won and who is null),
        sum(property_amount::decimal(18, 4)) filter (closed_won)
    from deals
"""


def shaped(name: str, queries: Mapping[str, str], target: Path) -> None:
    """The rows of an extract as another tool lands them, in a DuckDB file."""
    connection = raw_tables(name)
    connection.execute(f"attach '{target}' as other")
    for table, query in queries.items():
        connection.execute(f'create table other."{table}" as {query}')
    connection.execute("detach other")


# SQL of what is compared of an entity, and of which rows, where not all columns but these are.
COMPARED = {
    "leads": "* exclude (attributes, lead_url)",
    "lead_aliases": "* exclude (attributes, linked_at)",
    "lead_events": """* exclude (attributes) replace (
        if(event_type = 'form_submit', null, event_id) as event_id,
        nullif(json_merge_patch(properties, '{"title": null}'), '{}')::varchar as properties,
        coalesce(is_deleted, false) as is_deleted
    )""",
}


@pytest.mark.parametrize("name", EXTRACTS[1:])
@pytest.mark.parametrize(("tool", "queries"), [("airbyte", AIRBYTE), ("dlt", DLT)])
def test_the_same_lands_whatever_tool_read_it(
    warehouses: dict[str, Path], tmp_path: Path, name: str, tool: str, queries: Mapping[str, str]
) -> None:
    """But for what a tool does not have: dlt has no emails, forms, engagements or lists.

    Airbyte's forms have no id and no title. Neither tells when contacts were merged, and dlt not
    when one was deleted. Attributes are the properties that each was told to read.
    """
    shaped(name, queries, tmp_path / "source.duckdb")
    connect(tmp_path / "source.duckdb", tmp_path)
    for entity in KEYS:
        columns = COMPARED.get(entity, "* exclude (attributes)")
        where = "true"
        if tool == "dlt" and entity == "lead_events":
            where = "event_type like 'lifecycle%'"
        if tool == "dlt" and entity == "leads":
            columns += " replace (if(is_deleted, null, updated_at) as updated_at)"
        query = f"""select * exclude (landing_seq, landed_at, date_only)
            from (select {columns} from raw.{entity} where {where})"""
        one, other = landed(warehouses[name], query), landed(tmp_path, query)
        assert sorted(other, key=str) == sorted(one, key=str), entity
        assert one


# Small cases, written by hand.


def write(tables: Tables, folder: Path) -> Path:
    """Tables as a folder of Parquet files; times are text."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for table, rows in tables.items():
            file = folder / f"{table}.json"
            columns = sorted({column for row in rows for column in row})
            file.write_text(
                "\n".join(json.dumps({c: row.get(c) for c in columns}) for row in rows), "utf-8"
            )
            connection.execute(
                f"""copy (from read_json('{file}', format = 'newline_delimited', dateformat = '-',
                    timestampformat = '-')) to '{folder / table}.parquet'"""
            )
            file.unlink()
    return folder


def contact(number: int, email: str | None = None, **properties: object) -> dict[str, object]:
    """A contact as Fivetran lands it, created on the first of 2025 and changed in March."""
    return {
        "id": number,
        "_fivetran_deleted": False,
        "_fivetran_synced": "2025-04-01T00:00:00Z",
        "property_email": email or f"p{number}@firm.com",
        "property_createdate": "2025-01-01T00:00:00Z",
        "property_lastmodifieddate": "2025-03-01T00:00:00Z",
        **{f"property_{name}": value for name, value in properties.items()},
    }


def case(tables: Tables, tmp_path: Path) -> Path:
    """The folder of a warehouse with these tables landed."""
    refuse_twice(connect(write(tables, tmp_path / "tables"), tmp_path))
    return tmp_path


def refuse_twice(result: ConnectedResult) -> None:
    """What lands first comes once; versions of a lead may say what the one before said."""
    assert result.landed
    twice = {of.entity: of.rows_duplicate for of in result.landed.entities if of.rows_duplicate}
    assert set(twice) <= {"leads"}


def test_merges_are_followed_along_chains(tmp_path: Path) -> None:
    """Of old a record went into another; HubSpot's merges of today make a record of both."""
    gone = {"_fivetran_deleted": True}
    folder = case(
        {
            "contact": [
                contact(3),
                contact(10) | gone,
                contact(11) | gone,
                contact(12, hs_merged_object_ids="10;11"),
                contact(20),
                contact(22, hs_merged_object_ids="20;12;10;11"),
                contact(30) | gone,
            ],
            "contact_merge_audit": [
                {"canonical_vid": 2, "vid_to_merge": 1, "timestamp": "2021-05-01T00:00:00Z"},
                {"canonical_vid": 3, "vid_to_merge": 2, "timestamp": "2022-05-01T00:00:00Z"},
            ],
        },
        tmp_path,
    )
    assert landed(
        folder, "select alias_id, lead_id, kind, linked_at from raw.lead_aliases order by all"
    ) == [
        ("hs:1", "hs:3", "merged record", datetime(2021, 5, 1)),
        ("hs:10", "hs:22", "merged record", None),
        ("hs:11", "hs:22", "merged record", None),
        ("hs:12", "hs:22", "merged record", None),
        ("hs:2", "hs:3", "merged record", datetime(2022, 5, 1)),
        ("hs:20", "hs:22", "merged record", None),
    ]
    assert landed(
        folder,
        """select lead_id, merged_into_lead_id, is_deleted, updated_at::date
        from raw.leads order by all""",
    ) == [
        ("hs:10", "hs:22", False, date(2025, 3, 1)),
        ("hs:11", "hs:22", False, date(2025, 3, 1)),
        ("hs:12", "hs:22", False, date(2025, 3, 1)),
        ("hs:20", "hs:22", False, date(2025, 3, 1)),
        ("hs:22", None, False, date(2025, 3, 1)),
        ("hs:3", None, False, date(2025, 3, 1)),
        ("hs:30", None, True, date(2025, 4, 1)),
    ]


def test_a_cycle_of_merges_is_left_to_be_told(tmp_path: Path) -> None:
    folder = case(
        {"contact": [contact(1, hs_merged_object_ids="2"), contact(2, hs_merged_object_ids="1;2")]},
        tmp_path,
    )
    assert landed(folder, "select lead_id, merged_into_lead_id from raw.leads order by all") == [
        ("hs:1", "hs:2"),
        ("hs:2", "hs:1"),
    ]


def change(number: int, day: str, name: str, value: str | None) -> dict[str, object]:
    return {"contact_id": number, "timestamp": f"{day}T12:00:00Z", "name": name, "value": value}


def email(number: int, address: str, day: str, kind: str, **more: object) -> dict[str, object]:
    created = f"{day}T12:00:00Z"
    return {"id": f"e{number}", "recipient": address, "created": created, "type": kind, **more}


def test_an_email_is_of_who_had_the_address_then(tmp_path: Path) -> None:
    """The contact 1 gave its address to 2; 3 has a second one; 4 was deleted and 5 has its own."""
    folder = case(
        {
            "contact": [
                contact(1, "new@firm.com"),
                contact(2, "Shared@Firm.com"),
                contact(3, hs_additional_emails="second@firm.com;third@firm.com"),
                contact(4, "left@firm.com") | {"_fivetran_deleted": True},
                contact(5, "left@firm.com"),
            ],
            "contact_property_history": [
                change(1, "2025-01-01", "email", "shared@firm.com"),
                change(1, "2025-02-01", "email", "new@firm.com"),
                change(2, "2025-01-10", "email", "other@firm.com"),
                change(2, "2025-02-10", "email", "shared@firm.com"),
            ],
            "email_event": [
                email(1, "shared@firm.com", "2025-01-15", "SENT"),
                email(2, "SHARED@firm.com ", "2025-02-15", "OPEN"),
                email(3, "shared@firm.com", "2025-02-05", "OPEN"),
                email(4, "other@firm.com", "2025-02-15", "OPEN"),
                email(5, "third@firm.com", "2025-02-15", "CLICK", filtered_event=True),
                email(6, "left@firm.com", "2025-02-15", "BOUNCE"),
                email(7, "nobody@firm.com", "2025-02-15", "STATUSCHANGE"),
                email(8, "new@firm.com", "2025-01-05", "OPEN"),
            ],
            "email_event_status_change": [
                {"id": "e7", "portal_subscription_status": "UNSUBSCRIBED"}
            ],
            "email_event_open": [{"id": "e2", "duration": 2500}, {"id": "e2", "duration": 2500}],
            "email_event_bounce": [{"id": "e6", "category": "MAILBOX_FULL"}],
        },
        tmp_path,
    )
    assert landed(
        folder,
        """select event_id[10:], lead_id, event_type, duration_seconds::double, properties::varchar
        from raw.lead_events where event_id like 'hs:email%' order by all""",
    ) == [
        ("e1", "hs:1", "email_sent", None, None),
        ("e2", "hs:2", "email_open", 2.5, None),
        ("e3", "hs:2", "email_open", None, None),
        ("e4", "hs:2", "email_open", None, None),
        ("e5", "hs:3", "email_click_filtered", None, None),
        ("e6", "hs:5", "email_bounce", None, '{"bounce":"MAILBOX_FULL"}'),
        ("e7", landed_id("hs:nobody@firm.com"), "email_unsubscribe", None, None),
        ("e8", "hs:1", "email_open", None, None),
    ]


def test_a_property_is_as_it_was_and_never_as_it_came_to_be(tmp_path: Path) -> None:
    """A title that came, went and came again; a city that no history tells; an opt-out."""
    folder = case(
        {
            "contact": [
                contact(1, jobtitle="CEO", city="Rome", hs_email_optout=True, custom="x"),
                contact(2, jobtitle="CFO"),
            ],
            "contact_property_history": [
                change(1, "2024-12-01", "company", "Before Ltd"),
                change(1, "2025-02-01", "jobtitle", "CEO"),
                change(1, "2025-02-03", "jobtitle", ""),
                change(1, "2025-02-05", "jobtitle", "CEO"),
                change(1, "2025-02-05", "warehouse_score", "77"),
                change(1, "2025-02-07", "warehouse_score", "78"),
                change(1, "2025-03-01", "hs_email_optout", "true"),
                change(9, "2025-02-01", "jobtitle", "nobody's"),
            ],
        },
        tmp_path,
    )
    assert landed(
        folder,
        """select lead_id, updated_at::date, job_title, company_name, city, consent_status
        from raw.leads order by all""",
    ) == [
        ("hs:1", date(2025, 1, 1), None, "Before Ltd", None, None),
        ("hs:1", date(2025, 2, 1), "CEO", "Before Ltd", None, None),
        ("hs:1", date(2025, 2, 3), None, "Before Ltd", None, None),
        ("hs:1", date(2025, 2, 5), "CEO", "Before Ltd", None, None),
        ("hs:1", date(2025, 3, 1), "CEO", None, "Rome", "opted out"),
        ("hs:2", date(2025, 3, 1), "CFO", None, None, None),
    ]


def test_what_was_written_back_is_no_attribute(tmp_path: Path) -> None:
    folder = case(
        {
            "contact": [
                contact(
                    1,
                    warehouse_score="78",
                    warehouse_band="hot",
                    hs_score="3",
                    hs_lead_status="NEW",
                    persona="buyer",
                    numemployees="5-25",
                    region="South",
                    hs_timezone="us_slash_eastern",
                    hs_legal_basis="Not applicable;Freely given consent from contact",
                    associatedcompanyid=7,
                    hubspot_owner_id=8,
                )
            ],
            "company": [
                {"id": 7, "property_domain": "firm.com", "property_salesforceaccountid": "001"}
            ],
            "owner": [{"owner_id": 8, "first_name": "Ada", "last_name": None, "email": "a@us.com"}],
        },
        tmp_path,
    )  # fmt: skip
    assert landed(
        folder,
        """select attributes::varchar, region, time_zone, consent_status, account_id, owner_id,
            employee_count
        from raw.leads""",
    ) == [
        (
            '{"hs_lead_status":"NEW","numemployees":"5-25","persona":"buyer"}',
            *("South", "US/Eastern", "Freely given consent from contact", "hs:7", "hs:8", None),
        )
    ]
    accounts = "select account_id, domain, attributes::varchar from raw.accounts"
    assert landed(folder, accounts) == [("hs:7", "firm.com", '{"salesforceaccountid":"001"}')]
    assert landed(folder, "select rep_id, name, email, is_active from raw.reps") == [
        ("hs:8", "Ada", "a@us.com", True)
    ]


def test_a_record_of_salesforce_is_another_name_of_one_contact(tmp_path: Path) -> None:
    folder = case(
        {
            "contact": [
                contact(1, salesforcecontactid="003A", salesforceleadid="00QA"),
                contact(2, salesforceleadid="00QB"),
                contact(3, salesforceleadid="00QC"),
                contact(4, salesforceleadid="00QC", hs_merged_object_ids="3"),
                contact(5),
            ]
        },
        tmp_path,
    )
    assert landed(
        folder,
        """select alias_id, lead_id from raw.lead_aliases
        where kind = 'salesforce record' order by all""",
    ) == [("sf:003A", "hs:1"), ("sf:00QB", "hs:2"), ("sf:00QC", "hs:4")]


def engagement(number: int, **properties: object) -> dict[str, object]:
    return {
        "engagement_id": number,
        "_fivetran_deleted": False,
        "property_hs_createdate": "2025-02-01T09:00:00Z",
        **{f"property_{name}": value for name, value in properties.items()},
    }


def meeting(number: int, outcome: str | None, changed: str) -> dict[str, object]:
    return engagement(
        number,
        hs_meeting_start_time="2025-02-10T10:00:00Z",
        hs_meeting_end_time="2025-02-10T10:45:00Z",
        hs_lastmodifieddate=changed,
        hs_meeting_outcome=outcome,
    )


def test_a_meeting_is_booked_and_then_held_cancelled_or_missed(tmp_path: Path) -> None:
    """A pair of meeting and contact counts once, however often it is there."""
    pairs = [(1, 1), (1, 1), (1, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (8, 1)]
    folder = case(
        {
            "contact": [contact(1), contact(2)],
            "engagement_meeting": [
                meeting(1, "COMPLETED", "2025-02-11T00:00:00Z"),
                meeting(2, "CANCELED", "2025-02-05T00:00:00Z"),
                meeting(3, "NO_SHOW", "2025-02-20T00:00:00Z"),
                meeting(4, "SCHEDULED", "2025-02-01T09:00:00Z"),
                meeting(9, "COMPLETED", "2025-02-11T00:00:00Z"),
            ],
            "engagement_call": [
                engagement(
                    5,
                    hs_timestamp="2025-02-02T09:00:00Z",
                    hs_call_disposition="f240bbac-87c9-4f6e-bf70-924b57d47db7",
                    hs_call_duration=90_000,
                    hs_call_direction="OUTBOUND",
                ),
                engagement(
                    6,
                    hs_timestamp="2025-02-03T09:00:00Z",
                    hs_call_disposition="73a0d17f-1163-4015-bdd5-ec830791da20",
                )
                | {"_fivetran_deleted": True},
            ],
            "engagement_task": [
                engagement(
                    7,
                    hs_timestamp="2025-12-01T00:00:00Z",
                    hs_task_status="NOT_STARTED",
                    hs_task_type="CALL",
                )
            ],
            "engagement_email": [
                engagement(
                    8, hs_timestamp="2025-02-04T09:00:00Z", hs_email_direction="INCOMING_EMAIL"
                )
            ],
            "engagement_contact": [
                {"engagement_id": one, "contact_id": other, "type_id": number}
                for number, (one, other) in enumerate(pairs)
            ],
        },
        tmp_path,
    )
    assert landed(
        folder,
        """select event_id, lead_id, event_type, strftime(occurred_at, '%m-%d %H'),
            duration_seconds::int, properties ->> '$.*', is_deleted
        from raw.lead_events order by all""",
    ) == [
        ("hs:call 5 1", "hs:1", "call_connected", "02-02 09", 90, ["outbound"], False),
        ("hs:call 6 1", "hs:1", "call_tried", "02-03 09", None, None, True),
        ("hs:meeting_booked 1 1", "hs:1", "meeting_booked", "02-01 09", None, None, False),
        ("hs:meeting_booked 1 2", "hs:2", "meeting_booked", "02-01 09", None, None, False),
        ("hs:meeting_booked 2 1", "hs:1", "meeting_booked", "02-01 09", None, None, False),
        ("hs:meeting_booked 3 1", "hs:1", "meeting_booked", "02-01 09", None, None, False),
        ("hs:meeting_booked 4 1", "hs:1", "meeting_booked", "02-01 09", None, None, False),
        ("hs:meeting_cancelled 2 1", "hs:1", "meeting_cancelled", "02-05 00", None, None, False),
        ("hs:meeting_held 1 1", "hs:1", "meeting_held", "02-10 10", 2700, None, False),
        ("hs:meeting_held 1 2", "hs:2", "meeting_held", "02-10 10", 2700, None, False),
        ("hs:meeting_no_show 3 1", "hs:1", "meeting_no_show", "02-10 10", None, None, False),
        ("hs:sales_email 8 1", "hs:1", "email_reply", "02-04 09", None, None, False),
        ("hs:task 7 1", "hs:1", "task_open", "02-01 09", None, ["call"], False),
    ]  # fmt: skip


def test_forms_and_lists_are_named(tmp_path: Path) -> None:
    folder = case(
        {
            "contact": [contact(1)],
            "contact_form_submission": [
                {"contact_id": 1, "conversion_id": "c1", "form_id": "f1", "page_url": "x.com/demo",
                 "timestamp": "2025-02-01T09:00:00Z", "title": "Demo"},
                {"contact_id": 1, "conversion_id": None, "form_id": "f2", "page_url": None,
                 "timestamp": "2025-02-02T09:00:00Z", "title": None},
            ],
            "form": [{"guid": "f1", "name": "Book it"}],
            "contact_list": [{"id": 5, "name": "Customers of Rome"}],
            "contact_list_member": [
                {"contact_id": 1, "contact_list_id": 5, "added_at": "2025-02-03T09:00:00Z",
                 "_fivetran_deleted": True}
            ],
        },
        tmp_path,
    )  # fmt: skip
    assert landed(
        folder,
        """select event_type, occurred_at::date, page_url, properties::varchar, is_deleted
        from raw.lead_events order by all""",
    ) == [
        ("form_submit", date(2025, 2, 1), "x.com/demo", '{"form":"Book it","title":"Demo"}', None),
        ("form_submit", date(2025, 2, 2), None, None, None),
        ("list_joined", date(2025, 2, 3), None, '{"list":"Customers of Rome"}', None),
    ]  # fmt: skip


def deal(number: int, stage: str, **properties: object) -> dict[str, object]:
    return {
        "deal_id": number,
        "is_deleted": False,
        "deal_pipeline_id": "default",
        "deal_pipeline_stage_id": stage,
        "property_createdate": "2025-01-05T00:00:00Z",
        "property_closedate": "2025-02-05T00:00:00Z",
        "property_amount": "100",
        **{f"property_{name}": value for name, value in properties.items()},
    }


PIPELINE: Tables = {
    "deal_pipeline": [{"pipeline_id": "default", "label": "Sales"}],
    "deal_pipeline_stage": [
        {"stage_id": "s1", "label": "Talks", "is_closed": False, "probability": 0.2},
        {"stage_id": "s2", "label": "Won", "is_closed": True, "probability": 1.0},
        {"stage_id": "s3", "label": "Lost", "is_closed": True, "probability": 0.0},
    ],
}


def test_deals_of_companies_of_several_contacts_and_of_salesforce(tmp_path: Path) -> None:
    """Of two companies the main one counts, whose association is of type 5."""
    folder = case(
        {
            **PIPELINE,
            "contact": [contact(1), contact(2)],
            "deal": [
                deal(1, "s2", deal_currency_code="USD"),
                deal(2, "s3", closed_lost_reason="Cost", hs_salesforceopportunityid="6A"),
                deal(3, "s1", hs_salesforceopportunityid="6B"),
                deal(4, "s1", hs_merged_object_ids="3"),
                deal(5, "gone", hs_is_closed=True, hs_is_closed_won=True) | {"is_deleted": True},
            ],
            "deal_company": [
                {"deal_id": 1, "company_id": 70, "type_id": 341},
                {"deal_id": 1, "company_id": 71, "type_id": 341},
                {"deal_id": 1, "company_id": 71, "type_id": 5},
            ],
            "deal_contact": [
                {"deal_id": 2, "contact_id": 1, "type_id": 3},
                {"deal_id": 2, "contact_id": 1, "type_id": 9},
                {"deal_id": 2, "contact_id": 2, "type_id": 3},
                {"deal_id": 3, "contact_id": 2, "type_id": 3},
                {"deal_id": 4, "contact_id": 2, "type_id": 3},
            ],
            "deal_stage": [
                {"deal_id": 3, "value": "s1", "date_entered": "2025-01-06T00:00:00Z"},
                {"deal_id": 1, "value": "s2", "date_entered": "2025-01-07T00:00:00Z"},
                {"deal_id": 1, "value": "s2", "date_entered": "2025-01-07T00:00:00Z"},
            ],
        },
        tmp_path,
    )
    assert landed(
        folder,
        """select opportunity_id, stage, is_won, closed_at::date, amount::int, currency, account_id,
            same_as_opportunity_id, lost_reason, is_deleted,
            attributes ->> 'pipeline'
        from raw.opportunities order by all""",
    ) == [
        ("hs:1", "Won", True, date(2025, 2, 5), 100, "USD", "hs:71", None, None, False, "Sales"),
        ("hs:2", "Lost", False, date(2025, 2, 5), 100, None, None, "sf:6A", "Cost", False, "Sales"),
        ("hs:3", "Talks", False, None, 100, None, None, "hs:4", None, False, "Sales"),
        ("hs:4", "Talks", False, None, 100, None, None, None, None, False, "Sales"),
        ("hs:5", "gone", True, date(2025, 2, 5), 100, None, None, None, None, True, "Sales"),
    ]  # fmt: skip
    assert landed(
        folder, "select opportunity_id, lead_id, is_primary from raw.opportunity_leads order by all"
    ) == [("hs:2", "hs:1", False), ("hs:2", "hs:2", False), ("hs:4", "hs:2", False)]
    assert landed(
        folder,
        "select opportunity_id, stage, entered_at::date from raw.opportunity_stages order by all",
    ) == [("hs:1", "Won", date(2025, 1, 7)), ("hs:4", "Talks", date(2025, 1, 6))]


def test_settings_say_what_tables_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a lead, the main contact of a deal, and the currency of the account."""
    settings = {
        "portal_url": "https://app.hubspot.com/contacts/1/record/0-1/",
        "currency": "EUR",
        "primary_contact_types": "8, 9",
        "reached_outcomes": "f240bbac-87c9-4f6e-bf70-924b57d47db7, gatekeeper",
        "accepted_statuses": "open_deal, ours",
        "rejected_statuses": "unqualified",
    }
    assert set(read_connector("hubspot").settings) == set(settings)
    monkeypatch.setattr(
        "scripts.landing.connecting.connect.read_connector",
        lambda system: replace(read_connector(system), settings=settings),
    )
    call = engagement(1, hs_timestamp="2025-02-02T09:00:00Z", hs_call_disposition="Gatekeeper")
    folder = case(
        {
            **PIPELINE,
            "contact": [contact(1), contact(2, hs_lead_status="Ours")],
            "deal": [deal(1, "s2"), deal(2, "s2", deal_currency_code="USD")],
            "deal_contact": [
                {"deal_id": 1, "contact_id": 1, "type_id": 3},
                {"deal_id": 1, "contact_id": 2, "type_id": 3},
                {"deal_id": 1, "contact_id": 2, "type_id": 9},
            ],
            "engagement_call": [call],
            "engagement_contact": [{"engagement_id": 1, "contact_id": 1}],
        },
        tmp_path,
    )
    assert landed(folder, "select lead_url, currency from raw.leads order by all") == [
        ("https://app.hubspot.com/contacts/1/record/0-1/1", "EUR"),
        ("https://app.hubspot.com/contacts/1/record/0-1/2", "EUR"),
    ]
    assert landed(folder, "select currency from raw.opportunities order by opportunity_id") == [
        ("EUR",),
        ("USD",),
    ]
    assert landed(folder, "select lead_id, is_primary from raw.opportunity_leads order by 1") == [
        ("hs:1", False),
        ("hs:2", True),
    ]
    assert landed(folder, "select event_type from raw.lead_events") == [("call_connected",)]
    assert landed(folder, "select lead_id, verdict from raw.lead_feedback") == [
        ("hs:2", "accepted")
    ]


def test_what_airbyte_keeps_apart_is_put_together(tmp_path: Path) -> None:
    """Deleted records are in tables of their own, and what an event tells is in the event."""
    day = "2025-02-01T09:00:00Z"

    def record(number: int, archived: bool, **properties: object) -> dict[str, object]:
        return {
            "id": str(number),
            "archived": archived,
            "createdAt": day,
            "properties": properties,
            **{f"properties_{name}": value for name, value in properties.items()},
        }

    kinds = ("meetings", "calls", "emails", "tasks")
    engagements = {
        f"engagements_{kind}": [
            record(number, False, hs_timestamp=day) | {"contacts": ["1"]},
            record(number + 1, False, hs_timestamp=day) | {"contacts": ["1"]},
        ]
        for number, kind in enumerate(kinds)
    }
    folder = case(
        {
            "contacts": [record(number, False, createdate=day) for number in (1, 2)],
            "contacts_archived": [record(2, True, createdate=day, city="Rome")],
            "companies": [record(1, False), record(2, False)],
            "companies_archived": [record(2, True)],
            "owners": [{"id": "1", "archived": False}, {"id": "2", "archived": False}],
            "owners_archived": [{"id": "2", "archived": True}],
            **engagements,
            **{
                f"{table}_archived": [rows[1] | {"archived": True}]
                for table, rows in engagements.items()
            },
            "email_events": [
                {"id": "e1", "type": "OPEN", "created": 1738400400000, "duration": 1500}
                | {"category": None, "recipient": "x@y.com"},
                {"id": "e2", "type": "BOUNCE", "created": 1738400400000, "duration": None}
                | {"category": "SPAM", "recipient": "x@y.com"},
            ],
        },
        tmp_path,
    )
    gone = "select {} from raw.{} where is_deleted order by all"
    assert landed(folder, gone.format("lead_id, city", "leads")) == [("hs:2", "Rome")]
    assert landed(folder, gone.format("account_id", "accounts")) == [("hs:2",)]
    assert landed(folder, "select rep_id, is_active from raw.reps order by all") == [
        ("hs:1", True),
        ("hs:2", False),
    ]
    assert landed(folder, gone.format("event_id", "lead_events")) == [
        ("hs:call 2 1",),
        ("hs:meeting_booked 1 1",),
        ("hs:sales_email 3 1",),
        ("hs:task 4 1",),
    ]
    assert landed(
        folder,
        """select duration_seconds::double, properties ->> 'bounce' from raw.lead_events
        where event_id like 'hs:email%' order by event_id""",
    ) == [(1.5, None), (None, "SPAM")]


def test_what_is_gone_is_deleted_and_what_tools_prune_stays(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {
        **PIPELINE,
        "contact": [contact(1), contact(2)],
        "deal": [deal(1, "s2"), deal(2, "s2")],
        "deal_company": [{"deal_id": 9, "company_id": 9}],
        "deal_contact": [{"deal_id": 1, "contact_id": 1}, {"deal_id": 1, "contact_id": 2}],
        "email_event": [
            email(1, "p1@firm.com", "2025-01-15", "SENT"),
            email(2, "p1@firm.com", "2025-01-16", "OPEN"),
        ],
        "email_event_click": [{"id": "e9", "url": "x.com"}],
        "email_event_open": [{"id": "e9", "duration": 1}],
        "email_event_bounce": [{"id": "e9", "category": "x"}],
        "email_event_status_change": [{"id": "e9", "source": "x"}],
        "email_campaign": [{"id": 9, "name": "x"}],
        "contact_list": [{"id": 5, "name": "Customers"}],
        "contact_list_member": [
            {"contact_id": number, "contact_list_id": 5, "added_at": "2025-02-03T09:00:00Z"}
            for number in (1, 2)
        ],
        "engagement_meeting": [meeting(1, "SCHEDULED", "2025-02-01T09:00:00Z")],
        "engagement_contact": [{"engagement_id": 1, "contact_id": number} for number in (1, 2)],
    }
    case(tables, tmp_path)
    tables |= {
        name: tables[name][:1]
        for name in (
            *("contact", "deal", "deal_contact", "email_event", "engagement_contact"),
            "contact_list_member",
        )
    }
    connect(write(tables, tmp_path / "later"), tmp_path)
    deleted = {
        entity: landed(tmp_path, f"select {key} from raw.{entity} where is_deleted order by all")
        for entity, (key, _) in KEYS.items()
        if entity != "reps"
    }
    assert {entity: rows for entity, rows in deleted.items() if rows} == {
        "leads": [("hs:2",)],
        "opportunities": [("hs:2",)],
        "opportunity_leads": [("hs:1", "hs:2")],
        "lead_events": [("hs:meeting_booked 1 2",)],
    }


def test_what_is_not_there_is_told_and_the_rest_lands(tmp_path: Path) -> None:
    tables = {"contact": [contact(1) | {"property_jobtitle": "CEO"}]}
    faults = connect(write(tables, tmp_path / "tables"), tmp_path).faults
    without = {"contact": [contact(1)]}
    more = connect(write(without, tmp_path / "without"), tmp_path).faults
    assert {(fault.record_id, fault.detail) for fault in {*more} - {*faults}} == {
        ("hubspot contact.jobtitle", "no such column: no lead has a title")
    }
    assert "hubspot email_event" in {fault.record_id for fault in faults}
    assert landed(tmp_path, "select job_title from raw.leads order by landing_seq") == [
        ("CEO",),
        (None,),
    ]


def test_the_status_that_sales_gave_is_a_verdict_since_its_first_day(tmp_path: Path) -> None:
    """1 was unqualified twice, then taken; 2 has no history; what NEW says of 3 is no verdict."""
    changes = [(1, "UNQUALIFIED", 5), (1, "IN_PROGRESS", 7), (1, "UNQUALIFIED", 9), (3, "NEW", 5)]
    folder = case(
        {
            "contact": [
                contact(1, hs_lead_status="UNQUALIFIED", hubspot_owner_id=8),
                contact(2, hs_lead_status="Bad_Timing"),
                contact(3, hs_lead_status="NEW"),
            ],
            "contact_property_history": [
                {
                    "contact_id": of,
                    "name": "hs_lead_status",
                    "value": status,
                    "timestamp": f"2025-02-0{day} 09:00:00",
                }
                for of, status, day in changes
            ],
        },
        tmp_path,
    )
    assert landed(
        folder,
        """select lead_id, given_at::date, verdict, reason, rep_id
        from raw.lead_feedback order by all""",
    ) == [
        ("hs:1", date(2025, 2, 5), "rejected", "unqualified", "hs:8"),
        ("hs:1", date(2025, 2, 7), "accepted", "in_progress", "hs:8"),
        ("hs:2", date(2025, 3, 1), "rejected", "bad_timing", None),
    ]
