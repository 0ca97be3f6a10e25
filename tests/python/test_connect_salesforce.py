"""Every row of Salesforce's tables lands, is merged or deleted, or is not there for a reason.

The extracts are those of `LEAD_DATA_DIR`: as packages ship them, and on two nights of a CRM. What
is to be of each of their rows is written here in SQL over the tables themselves. Small cases by
hand say what the extracts do not hold.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from scripts.landing.connecting.query import read_connector
from scripts.landing.contract import read_contract
from tests.connected import connect, query, told, write
from tests.real_data import data_folder

PLACES = ("connectors", "crm/night1", "crm/night2")

# Of each table: its rows and what becomes of them. Of history mode only what is past is news.
FATES = {
    "contact": """
        select id, case when master_record_id is not null then 'merged'
            when is_deleted::boolean then 'deleted' else 'landed' end
        from contact
    """,
    "lead": """
        select id, case when converted_contact_id is not null or master_record_id is not null
            then 'merged' when is_deleted::boolean then 'deleted' else 'landed' end
        from lead
    """,
    "account": """
        select id, if(is_deleted::boolean or not _fivetran_active::boolean, 'deleted', 'landed')
        from account
    """,
    "opportunity": """
        select id, if(is_deleted::boolean or not _fivetran_active::boolean, 'deleted', 'landed')
        from opportunity
    """,
    "task": """
        select id, case when who_id is null then 'concerns nobody'
            when is_deleted::boolean then 'deleted' else 'landed' end
        from task
    """,
    "event": """
        select id, case when who_id is null then 'concerns nobody'
            when is_deleted::boolean then 'deleted' else 'landed' end
        from event
    """,
    "user": """
        select id, if(
            is_active::boolean and not _fivetran_deleted::boolean, 'landed', 'works here no more'
        )
        from user_of_sales
    """,
    "contact_history": """
        select id, if(_fivetran_active::boolean, 'is the contact itself', 'landed')
        from contact_history
    """,
    "opportunity_history": """
        select id || ' ' || stage_name || ' ' || _fivetran_start, if(
            stage_name is not distinct from (
                select max_by(before.stage_name, before._fivetran_start)
                from opportunity_history as before
                where before.id = after.id and before._fivetran_start < after._fivetran_start
            ), 'in the same stage as before', 'landed'
        )
        from opportunity_history as after
    """,
}

# The same of what landed. A meeting is two events: it was booked and held.
LANDED = {
    "contact": """
        select lead_id[4:], case when merged_into_lead_id is not null then 'merged'
            when is_deleted then 'deleted' else 'landed' end
        from raw.leads where lead_id like 'sf:003%'
    """,
    "lead": """
        select lead_id[4:], case when merged_into_lead_id is not null then 'merged'
            when is_deleted then 'deleted' else 'landed' end
        from raw.leads where lead_id like 'sf:00Q%'
    """,
    "account": "select account_id[4:], if(is_deleted, 'deleted', 'landed') from raw.accounts",
    "opportunity": """
        select opportunity_id[4:], if(is_deleted, 'deleted', 'landed') from raw.opportunities
    """,
    "task": """
        select event_id[4:], if(is_deleted, 'deleted', 'landed')
        from raw.lead_events where event_id like 'sf:00T%'
    """,
    "event": """
        select event_id[4:], if(is_deleted, 'deleted', 'landed')
        from raw.lead_events where event_type in ('meeting_booked', 'call_booked')
    """,
    "user": """
        select rep_id[4:], if(is_active, 'landed', 'works here no more') from raw.reps
    """,
    "contact_history": """
        select lead_id[4:], 'landed' from raw.leads where lead_id like 'sf:003%'
        qualify row_number() over (partition by lead_id order by updated_at desc) > 1
    """,
    "opportunity_history": """
        select opportunity_id[4:] || ' ' || stage || ' ' || entered_at, 'landed'
        from raw.opportunity_stages
    """,
}

# What is there for a reason, and is not to land.
REASONS = ("concerns nobody", "is the contact itself", "in the same stage as before")

# How many rows of each table have which fate, counted by hand.
COUNTS = {
    "connectors": {
        "contact": {"landed": 4}, "lead": {"merged": 1},
        "account": {"landed": 1, "deleted": 9}, "opportunity": {"deleted": 10},
        "task": {"landed": 10}, "event": {"landed": 10},
        "user": {"landed": 5, "works here no more": 5},
        "contact_history": {"is the contact itself": 4}, "opportunity_history": {"landed": 10},
    },
    "crm/night1": {
        "contact": {"landed": 4}, "lead": {"landed": 3, "merged": 2, "deleted": 1},
        "account": {"landed": 1, "deleted": 9}, "opportunity": {"landed": 6, "deleted": 4},
        "task": {"landed": 10}, "event": {"landed": 10},
        "user": {"landed": 5, "works here no more": 5},
        "contact_history": {"is the contact itself": 4}, "opportunity_history": {"landed": 20},
    },
    "crm/night2": {
        "contact": {"landed": 3, "merged": 1}, "lead": {"landed": 3, "merged": 2, "deleted": 1},
        "account": {"landed": 1, "deleted": 9}, "opportunity": {"landed": 5, "deleted": 5},
        "task": {"landed": 10}, "event": {"landed": 10},
        "user": {"landed": 5, "works here no more": 5},
        "contact_history": {"is the contact itself": 4},
        "opportunity_history": {"landed": 20, "in the same stage as before": 1},
    },
}  # fmt: skip

CURRENT = """
    select {columns} from raw.{entity}
    qualify row_number() over (
        partition by {key} order by {order} landing_seq desc
    ) = 1
"""


def source_of(place: str) -> Path:
    folder = data_folder() / place / "salesforce"
    if not folder.is_dir():
        pytest.skip(f"no extracts in {folder}: name the folder of the data in LEAD_DATA_DIR")
    return folder


def extracts(place: str) -> duckdb.DuckDBPyConnection:
    """The tables of a place, as text but where files have types; `user` is a word of SQL."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("set TimeZone = 'UTC'")
    for file in sorted(source_of(place).iterdir()):
        read = "read_parquet" if file.suffix == ".parquet" else "read_csv"
        options = "" if file.suffix == ".parquet" else ", all_varchar = true"
        name = "user_of_sales" if file.stem == "user" else file.stem
        connection.execute(f"create view {name} as from {read}('{file}'{options})")
    return connection


@pytest.fixture(scope="module", params=PLACES)
def landed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that holds the extracts of a place; its folder's name ends with the place's."""
    place: str = request.param
    folder = tmp_path_factory.mktemp("landed") / place
    connect(folder, "salesforce", source_of(place))
    return folder


def place_of(landed: Path) -> str:
    return next(place for place in PLACES if str(landed).endswith(place))


@pytest.mark.parametrize("table", FATES)
def test_each_row_of_a_table_is_accounted_for(landed: Path, table: str) -> None:
    with extracts(place_of(landed)) as connection:
        fates = connection.sql(FATES[table]).fetchall()
    counts = {fate: [row[1] for row in fates].count(fate) for _, fate in fates}
    assert counts == COUNTS[place_of(landed)][table]
    expected = [row for row in fates if row[1] not in REASONS]
    assert sorted(query(landed, LANDED[table])) == sorted(expected)


def test_no_row_is_set_aside_or_there_twice_and_no_cell_left_empty(landed: Path) -> None:
    numbers = "sum(rows_rejected), sum(rows_replaced), sum(rows_duplicate)"
    assert query(landed, f"select {numbers} from raw.landings") == [(0, 0, 0)]
    assert query(landed, "from raw.rejected_cells") == []


def test_events_are_of_whom_they_name(landed: Path) -> None:
    with extracts(place_of(landed)) as connection:
        expected = connection.sql(
            """select 'sf:' || id, 'sf:' || who_id, case
                when type = 'Call' and call_disposition = 'Connected' then 'call_connected'
                when type = 'Call' then 'call_tried' else 'task_done' end
            from task
            union all
            select 'sf:' || id, 'sf:' || who_id, lower(type) || '_booked' from event
            union all
            select 'sf:' || id || ':held', 'sf:' || who_id,
                if(type = 'Call', 'call_connected', 'meeting_held') from event"""
        ).fetchall()
    found = query(landed, "select event_id, lead_id, event_type from raw.lead_events")
    assert sorted(found) == sorted(expected)


def test_two_nights_come_to_the_same_as_the_second_alone(tmp_path: Path) -> None:
    both, second = tmp_path / "both", tmp_path / "second"
    connect(both, "salesforce", source_of("crm/night1"))
    result = connect(both, "salesforce", source_of("crm/night2"), is_first=False)
    connect(second, "salesforce", source_of("crm/night2"))
    assert result.landed
    for entity in read_contract().values():
        order = "updated_at desc nulls last," if "updated_at" in entity.column_names else ""
        names = ", ".join((*entity.column_names, "attributes::varchar as attributes"))
        sql = CURRENT.format(
            columns=names, entity=entity.name, key=", ".join(entity.key), order=order
        )
        assert sorted(query(both, sql), key=str) == sorted(query(second, sql), key=str), entity.name
    changed = {found.entity: found.rows_landed for found in result.landed.entities}
    assert changed["leads"] == changed["opportunities"] == 1
    assert sum(changed.values()) == 2


def api_name(column: str) -> str:
    """As Salesforce names a field of which Fivetran has the name in snake case."""
    words = re.sub("_c$", "", column).split("_")
    if column.endswith("_c"):
        return "_".join(word.capitalize() for word in words) + "__c"
    return "".join(word.capitalize() for word in words)


DAYS = ("close_date", "activity_date")

# The version of an activity that was there a day before.
OLDER = """
    select * replace (
        'as it was before' as subject,
        last_modified_date::timestamp - interval 1 day as last_modified_date,
        system_modstamp::timestamp - interval 1 day as system_modstamp
    ) from {table}
"""


def other_shape(place: str, tool: str) -> dict[str, str]:
    """The tables of a place as another tool leaves them, of which history mode is not one.

    Airbyte has Salesforce's names and text, and its OpportunityHistory; dlt has snake case, days as
    milliseconds, versions of activities, and no history. What is gone is flagged by both.
    """
    tables = {}
    with extracts(place) as connection:
        names = connection.sql("select view_name from duckdb_views() where not internal").fetchall()
        for (table,) in names:
            if table.endswith("_history"):
                continue
            described = connection.sql(f"describe {table}").fetchall()
            kinds = {column[0]: column[1] for column in described}
            columns = [
                shaped(name, kinds, tool) for name in kinds if not name.startswith("_fivetran")
            ]
            shaped_table = f"select {', '.join(columns)} from {table}"
            if tool == "dlt" and table in ("task", "event"):
                shaped_table += f" union all by name select {', '.join(columns)} from ({OLDER})"
                shaped_table = shaped_table.format(table=table)
            name = "user" if table == "user_of_sales" else table
            called = api_name(name) if tool == "airbyte" else {"user": "sf_user"}.get(name, name)
            tables[called] = with_source(place, table, shaped_table)
        if tool == "airbyte":
            tables["OpportunityHistory"] = with_source(
                place,
                "opportunity_history",
                """select id || _fivetran_start as "Id", id as "OpportunityId",
                    stage_name as "StageName", _fivetran_start as "CreatedDate",
                    false as "IsDeleted" from opportunity_history""",
            )
    return tables


def shaped(name: str, kinds: Mapping[str, str], tool: str) -> str:
    value = name
    if name == "is_deleted" and "_fivetran_active" in kinds:
        value = "(is_deleted::boolean or not coalesce(_fivetran_active::boolean, true))"
    elif name == "is_active":
        value = "(is_active::boolean and not _fivetran_deleted::boolean)"
    elif name.endswith(("_date", "_date_time", "_modstamp")) and tool == "airbyte":
        value = f"strftime(try_cast({name} as timestamp), '%Y-%m-%dT%H:%M:%S.000+0000')"
        value = f"{value}[:10]" if name in DAYS else value
    elif name in DAYS:
        value = f"epoch_ms({name}::date::timestamp)"
    elif name == "system_modstamp":
        value = f"make_timestamp_ms(epoch_ms({name}::timestamp))::timestamptz"
    return f'{value} as "{api_name(name) if tool == "airbyte" else name}"'


def with_source(place: str, table: str, select: str) -> str:
    """The SELECT over the file of a table."""
    stem = "user" if table == "user_of_sales" else table
    (file,) = source_of(place).glob(f"{stem}.*")
    read = f"'{file}'" if file.suffix == ".parquet" else f"read_csv('{file}', all_varchar = true)"
    return f"with {table} as (from {read}) {select}"


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["airbyte", "dlt"])
def test_other_tools_shapes_give_the_same(landed: Path, tmp_path: Path, tool: str) -> None:
    """But for stages, of which dlt knows no history: it gives the stage of today."""
    place = place_of(landed)
    other = tmp_path / tool
    source = write(tmp_path / "source", other_shape(place, tool))
    result = connect(other, "salesforce", source)
    missing = {name for name, why in told(result).items() if why.startswith("no such table")}
    assert {"contact_versions", "lead_versions", "campaign_member"} <= missing
    for entity in read_contract().values():
        if tool == "dlt" and entity.name == "opportunity_stages":
            stages = query(other, "select opportunity_id, stage from raw.opportunity_stages")
            today = "select opportunity_id, stage from raw.opportunities"
            assert sorted(stages) == sorted(query(landed, today))
            continue
        sql = f"select {', '.join((*entity.column_names, 'date_only'))} from raw.{entity.name}"
        sql += " order by all"
        assert query(other, sql) == query(landed, sql), entity.name
    keys = "select distinct unnest(json_keys(attributes)) from raw.leads order by 1"
    assert query(other, keys) == query(landed, keys)


# Small cases by hand.

CONTACTS = """
    id created_date last_modified_date email title account_id master_record_id is_deleted
    has_opted_out_of_email do_not_call individual_id plan_c warehouse_score_c
"""


def contacts(text: str) -> str:
    return " ".join(CONTACTS.split()) + "\n" + text.strip()


LEADS = """
    id created_date last_modified_date email company converted_contact_id converted_opportunity_id
    converted_account_id converted_date master_record_id is_deleted is_converted
"""


def leads(text: str) -> str:
    return " ".join(LEADS.split()) + "\n" + text.strip()


def test_a_converted_lead_is_one_with_its_contact_and_ties_its_deal(tmp_path: Path) -> None:
    source = write(
        tmp_path / "source",
        {
            "contact": contacts(
                """003A | 2025-02-01 09:00:00 | 2025-02-01 09:00:00 | a@a.com | CTO | 001B | | false
                | | | | pro | 77""".replace("\n", " ")
            ),
            "lead": leads(
                """
                00Q2 | 2025-01-05 08:00:00 | 2025-02-03 09:00:00 | a2@a.com | A | 003A | 006X | 001B | 2025-02-03 | | false | true
                00Q1 | 2025-01-02 08:00:00 | 2025-02-01 09:00:00 | a@a.com | A | 003A | 006X | 001B | 2025-02-01 | | false | true
                00Q3 | 2025-01-09 08:00:00 | 2025-01-09 08:00:00 | c@c.com | C | | | | | | false | false
                """  # noqa: E501
            ),
            "account": """
                id name website master_record_id is_deleted number_of_employees
                001A | A | https://www.A.com/about | | false | 12
                001B | A again | a.com | 001A | true | 10
            """,
            "opportunity": """
                id created_date stage_name is_closed is_won close_date amount account_id is_deleted
                006X | 2025-02-01 09:00:00 | Won | true | true | 2025-03-01 | 1250.5 | 001B | false
                006Y | 2025-02-02 09:00:00 | Open | false | false | 2025-09-01 | 900 | 001A | false
            """,
        },
    )
    connect(tmp_path, "salesforce", source)
    found = query(
        tmp_path,
        """select lead_id, created_at::varchar, email, job_title, company_name, account_id,
            merged_into_lead_id, attributes::varchar from raw.leads order by lead_id""",
    )
    assert found == [
        ("sf:003A", "2025-02-01 09:00:00", "a@a.com", "CTO", None, "sf:001A", None,
         '{"plan_c":"pro"}'),
        ("sf:00Q1", "2025-01-02 08:00:00", "a@a.com", None, "A", "sf:001A", "sf:003A", None),
        ("sf:00Q2", "2025-01-05 08:00:00", "a2@a.com", None, "A", "sf:001A", "sf:003A", None),
        ("sf:00Q3", "2025-01-09 08:00:00", "c@c.com", None, "C", None, None, None),
    ]  # fmt: skip
    deals = """select opportunity_id, lead_id, account_id, closed_at::varchar, is_won,
        amount::varchar, date_only from raw.opportunities order by 1"""
    assert query(tmp_path, deals) == [
        ("sf:006X", "sf:00Q1", "sf:001A", "2025-03-01 00:00:00", True, "1250.5000", "closed_at"),
        ("sf:006Y", None, "sf:001A", None, False, "900.0000", None),
    ]
    parts = "select opportunity_id, lead_id from raw.opportunity_leads order by 2"
    assert query(tmp_path, parts) == [("sf:006X", "sf:00Q1"), ("sf:006X", "sf:00Q2")]
    accounts = "select account_id, domain, employee_count, is_deleted from raw.accounts order by 1"
    assert query(tmp_path, accounts) == [
        ("sf:001A", "a.com", 12, False), ("sf:001B", "a.com", 10, True),
    ]  # fmt: skip


def test_contacts_merged_along_a_chain_consent_and_objection(tmp_path: Path) -> None:
    one_line = " | 2025-01-01 09:00:00 | 2025-02-01 09:00:00 | x@x.com | | "
    source = write(
        tmp_path / "source",
        {
            "contact": contacts(
                f"""
                003A{one_line} | 003B | true | false | false | | |
                003B{one_line} | 003C | true | true | false | | |
                003C{one_line} | | false | false | true | | |
                003D{one_line} | | false | true | true | 0PKD | |
                003E{one_line} | | true | | | 0PKE | |
                """
            ),
            "individual": """
                id has_opted_out_profiling has_opted_out_processing should_forget
                0PKD | true | false | false
                0PKE | false | false | false
            """,
        },
    )
    connect(tmp_path, "salesforce", source)
    found = """select lead_id, merged_into_lead_id, is_deleted, consent_status
        from raw.leads order by 1"""
    assert query(tmp_path, found) == [
        ("sf:003A", "sf:003B", True, None),
        ("sf:003B", "sf:003C", True, "opted out"),
        ("sf:003C", None, False, "do not call"),
        ("sf:003D", None, False, "objected"),
        ("sf:003E", None, True, None),
    ]


DEALS = """
    id created_date stage_name is_closed is_won close_date amount account_id is_deleted
    006X | 2025-01-10 09:00:00 | Negotiation | false | false | 2025-09-01 | 10 | | false
    006Y | 2025-01-11 09:00:00 | Won | true | true | 2025-03-01 | 20 | | false
"""


def test_a_deal_with_two_contacts_is_of_its_primary_one(tmp_path: Path) -> None:
    source = write(
        tmp_path / "source",
        {
            "opportunity": DEALS,
            "opportunity_contact_role": """
                id opportunity_id contact_id role is_primary is_deleted system_modstamp
                00K1 | 006X | 003A | Influencer | false | false | 2025-01-12 09:00:00
                00K2 | 006X | 003B | Decision Maker | true | false | 2025-01-12 09:00:00
                00K3 | 006X | 003B | Buyer | false | false | 2025-01-12 09:00:00
                00K4 | 006Y | 003A | Buyer | true | true | 2025-01-12 09:00:00
                00K5 | 006Y | 003C | Buyer | false | false | 2025-01-14 09:00:00
                00K5 | 006Y | 003C | Buyer | true | false | 2025-01-12 09:00:00
            """,
            "task": """
                id who_id what_id type status is_closed created_date activity_date is_deleted
                00T1 | | 006X | Call | Completed | true | 2025-01-13 | 2025-01-14 | false
                00T2 | | 006Y | To do | Completed | true | 2025-01-13 | 2025-01-14 | false
                00T3 | | 001A | Call | Completed | true | 2025-01-13 | 2025-01-14 | false
                00T4 | 003A | 006X | Call | Completed | true | 2025-01-13 | 2025-01-14 | false
            """,
        },
    )
    connect(tmp_path, "salesforce", source)
    parts = """select opportunity_id, lead_id, is_primary, role, is_deleted
        from raw.opportunity_leads order by 1, 2"""
    assert query(tmp_path, parts) == [
        ("sf:006X", "sf:003A", False, "Influencer", False),
        ("sf:006X", "sf:003B", True, "Buyer, Decision Maker", False),
        ("sf:006Y", "sf:003A", False, None, True),
        ("sf:006Y", "sf:003C", False, "Buyer", False),
    ]
    # A task that names nobody concerns the primary contact of its deal, else the only one.
    tasks = "select event_id, lead_id, event_type, occurred_at::varchar from raw.lead_events"
    assert query(tmp_path, tasks + " order by 1") == [
        ("sf:00T1", "sf:003B", "call_tried", "2025-01-14 00:00:00"),
        ("sf:00T2", "sf:003C", "task_done", "2025-01-14 00:00:00"),
        ("sf:00T4", "sf:003A", "call_tried", "2025-01-14 00:00:00"),
    ]


def test_without_its_contacts_a_deal_still_names_the_primary_one(tmp_path: Path) -> None:
    source = write(
        tmp_path / "source",
        {"opportunity": "id created_date stage_name contact_id\n006X | 2025-01-10 | New | 003A"},
    )
    connect(tmp_path, "salesforce", source)
    parts = "select opportunity_id, lead_id, is_primary from raw.opportunity_leads"
    assert query(tmp_path, parts) == [("sf:006X", "sf:003A", True)]


STAGES = "select opportunity_id, stage, entered_at::varchar from raw.opportunity_stages order by 3"


@pytest.mark.parametrize(
    ("table", "history"),
    [
        (
            "OpportunityHistory",
            """
            Id OpportunityId StageName CreatedDate Amount IsDeleted
            008A | 006X | New | 2025-01-10T09:00:00.000+0000 | 5 | false
            008B | 006X | New | 2025-01-11T09:00:00.000+0000 | 10 | false
            008C | 006X | Negotiation | 2025-01-20T09:00:00.000+0000 | 10 | false
            008D | 006X | New | 2025-02-01T09:00:00.000+0000 | 10 | false
            """,
        ),
        (
            "opportunity_history",
            """
            id stage_name _fivetran_start _fivetran_end _fivetran_active amount
            006X | New | 2025-01-10 09:00:00 | 2025-01-11 08:59:59.999 | false | 5
            006X | New | 2025-01-11 09:00:00 | 2025-01-20 08:59:59.999 | false | 10
            006X | Negotiation | 2025-01-20 09:00:00 | 2025-02-01 08:59:59.999 | false | 10
            006X | New | 2025-02-01 09:00:00 | 9999-12-31 23:59:59 | true | 10
            """,
        ),
        (
            "opportunity_field_history",
            """
            id opportunity_id field old_value new_value created_date is_deleted
            017A | 006X | StageName | New | Negotiation | 2025-01-20 09:00:00 | false
            017B | 006X | Amount | 5 | 10 | 2025-01-11 09:00:00 | false
            017C | 006X | StageName | Negotiation | New | 2025-02-01 09:00:00 | false
            """,
        ),
    ],
)
def test_stages_are_read_from_whatever_keeps_them(tmp_path: Path, table: str, history: str) -> None:
    deals = "id created_date stage_name\n006X | 2025-01-10 09:00:00 | New"
    connect(
        tmp_path,
        "salesforce",
        write(tmp_path / "source", {"opportunity": deals, table: history}),
    )
    assert query(tmp_path, STAGES) == [
        ("sf:006X", "New", "2025-01-10 09:00:00"),
        ("sf:006X", "Negotiation", "2025-01-20 09:00:00"),
        ("sf:006X", "New", "2025-02-01 09:00:00"),
    ]


def test_without_history_stages_add_up_from_night_to_night(tmp_path: Path) -> None:
    night = "id created_date stage_name last_stage_change_date\n006X | 2025-01-10 09:00:00 | "
    first = write(tmp_path / "first", {"opportunity": night + "New | "})
    second = write(tmp_path / "second", {"opportunity": night + "Won | 2025-02-01 09:00:00"})
    connect(tmp_path, "salesforce", first)
    connect(tmp_path, "salesforce", second, is_first=False)
    stages = [("sf:006X", "New", "2025-01-10 09:00:00"), ("sf:006X", "Won", "2025-02-01 09:00:00")]
    assert query(tmp_path, STAGES) == stages
    assert query(tmp_path, "from raw.opportunity_stages where is_deleted") == []


PAST = """
    id email title is_deleted created_date plan_c _fivetran_start _fivetran_end _fivetran_active
    003A | a@a.com | Clerk | false | 2025-01-01 09:00:00 | free | 2025-01-01 09:00:00 | 2025-02-01 08:59:59 | false
    003A | a@a.com | CTO | false | 2025-01-01 09:00:00 | pro | 2025-02-01 09:00:00 | 9999-12-31 23:59:59 | true
    003A | a@a.com | Queen | false | 2025-01-01 09:00:00 | pro | 2025-03-01 09:00:00 | 2025-04-01 09:00:00 | false
    003Z | z@z.com | Gone | false | 2025-01-01 09:00:00 | free | 2025-01-01 09:00:00 | 2025-01-02 09:00:00 | false
"""  # noqa: E501
TODAY = contacts(
    """
    003A | 2025-01-01 09:00:00 | 2025-02-01 09:00:00 | a@a.com | CTO | | | false | | | | pro | 1
    """
)
VERSIONS = """
    select lead_id, created_at::varchar, updated_at::varchar, job_title, attributes ->> 'plan_c'
    from raw.leads order by updated_at
"""


def test_history_mode_tells_what_a_contact_was_and_never_what_it_was_to_be(tmp_path: Path) -> None:
    """Nor what follows the contact's own last change, nor of contacts that are gone."""
    source = write(tmp_path / "source", {"contact": TODAY, "contact_history": PAST})
    connect(tmp_path, "salesforce", source)
    assert query(tmp_path, VERSIONS) == [
        ("sf:003A", "2025-01-01 09:00:00", "2025-01-01 09:00:00", "Clerk", "free"),
        ("sf:003A", "2025-01-01 09:00:00", "2025-02-01 09:00:00", "CTO", "pro"),
    ]


def test_history_mode_tells_what_a_lead_was(tmp_path: Path) -> None:
    source = write(
        tmp_path / "source",
        {
            "lead": leads(
                """
                00QA | 2025-01-01 09:00:00 | 2025-02-01 09:00:00 | a@a.com | A | 003A | | | | | false | true
                """  # noqa: E501
            ),
            "lead_history": """
                id email company converted_contact_id is_deleted _fivetran_start _fivetran_active
                00QA | a@a.com | Unknown | | false | 2025-01-01 09:00:00 | false
                00QA | a@a.com | A | 003A | false | 2025-02-01 09:00:00 | true
            """,
        },
    )
    connect(tmp_path, "salesforce", source)
    found = """select updated_at::varchar, company_name, merged_into_lead_id
        from raw.leads order by 1"""
    assert query(tmp_path, found) == [
        ("2025-01-01 09:00:00", "Unknown", None),
        ("2025-02-01 09:00:00", "A", "sf:003A"),
    ]


def test_history_mode_in_a_schema_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "parts", {"today": TODAY, "past": PAST})
    places = (("salesforce.contact", "today"), ("salesforce_history.contact", "past"))
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as database:
        database.execute("create schema salesforce; create schema salesforce_history")
        for table, part in places:
            database.execute(f"create table {table} as from '{tmp_path}/parts/{part}.parquet'")
    connect(tmp_path, "salesforce", tmp_path / "crm.duckdb")
    assert [row[2:4] for row in query(tmp_path, VERSIONS)] == [
        ("2025-01-01 09:00:00", "Clerk"),
        ("2025-02-01 09:00:00", "CTO"),
    ]


def test_history_mode_in_the_table_itself(tmp_path: Path) -> None:
    """What has no active version is gone for good: a contact, an account, a deal."""
    source = write(
        tmp_path / "source",
        {
            "contact": """
                id created_date last_modified_date title _fivetran_start _fivetran_active
                003A | 2025-01-01 | 2025-01-01 09:00:00 | Clerk | 2025-01-01 09:00:00 | false
                003A | 2025-01-01 | 2025-02-01 09:00:00 | CTO | 2025-02-01 09:00:00 | true
                003Z | 2025-01-01 | 2025-01-01 09:00:00 | Z | 2025-01-01 09:00:00 | false
                003Z | 2025-01-01 | 2025-01-05 09:00:00 | ZZ | 2025-01-05 09:00:00 | false
            """,
            "account": """
                id name is_deleted _fivetran_active
                001A | A | false | true
                001Z | Z | false | false
            """,
            "opportunity": """
                id created_date last_modified_date stage_name _fivetran_start _fivetran_active
                006X | 2025-01-01 | 2025-01-01 09:00:00 | New | 2025-01-01 09:00:00 | false
                006X | 2025-01-01 | 2025-01-03 09:00:00 | Won | 2025-01-03 09:00:00 | true
                006Z | 2025-01-01 | 2025-01-01 10:00:00 | New | 2025-01-01 10:00:00 | false
            """,
        },
    )
    connect(tmp_path, "salesforce", source)
    people = """select lead_id, updated_at::varchar, job_title, is_deleted
        from raw.leads order by lead_id, updated_at"""
    assert query(tmp_path, people) == [
        ("sf:003A", "2025-01-01 09:00:00", "Clerk", False),
        ("sf:003A", "2025-02-01 09:00:00", "CTO", False),
        ("sf:003Z", "2025-01-01 09:00:00", "Z", False),
        ("sf:003Z", "2025-01-05 09:00:00", "ZZ", True),
    ]
    deals = """select opportunity_id, stage, is_deleted from raw.opportunities
        order by opportunity_id, updated_at"""
    assert query(tmp_path, deals) == [
        ("sf:006X", "New", False), ("sf:006X", "Won", False), ("sf:006Z", "New", True),
    ]  # fmt: skip
    accounts = "select account_id from raw.accounts where is_deleted"
    assert query(tmp_path, accounts) == [("sf:001Z",)]
    assert [row[:2] for row in query(tmp_path, STAGES)] == [
        ("sf:006X", "New"), ("sf:006Z", "New"), ("sf:006X", "Won"),
    ]  # fmt: skip


TASKS = """
    id who_id type task_subtype is_closed call_disposition call_type completed_date_time activity_date created_date is_deleted
    00T01 | 003A | Call | Call | true | Connected | | 2025-01-05 10:00:00 | 2025-01-04 | 2025-01-03 09:00:00 | false
    00T02 | 003A | Call | Call | true | Not connected | | 2025-01-05 10:00:00 | | 2025-01-03 09:00:00 | false
    00T03 | 003A | Call | Call | true | Left Voicemail | | | 2025-01-04 | 2025-01-03 09:00:00 | false
    00T04 | 003A | | Call | true | Spoke - not interested | | | 2025-01-04 | 2025-01-03 09:00:00 | false
    00T05 | 00QB | Call | Call | true | | Inbound | | 2025-01-04 | 2025-01-03 09:00:00 | false
    00T06 | 00QB | Call | Call | true | | Outbound | | 2025-01-04 | 2025-01-03 09:00:00 | false
    00T07 | 00QB | Email | Email | true | | | | 2025-01-04 | 2025-01-03 09:00:00 | false
    00T08 | 003A | | ListEmail | true | | | | 2025-01-04 | 2025-01-03 09:00:00 | false
    00T09 | 003A | Send letter | Task | true | | | | | 2025-01-03 09:00:00 | false
    00T10 | 003A | Call | Call | false | | | | 2025-12-24 | 2025-01-03 09:00:00 | false
    00T11 | 003A | Call | Call | true | Connected | | 2025-01-05 10:00:00 | | 2025-01-03 09:00:00 | true
    00T12 | 003A | Call | Call | true | Wrong number | | 2025-01-05 10:00:00 | | 2025-01-03 09:00:00 | false
"""  # noqa: E501


def test_tasks_are_calls_emails_or_others_that_are_done_or_open(tmp_path: Path) -> None:
    connect(tmp_path, "salesforce", write(tmp_path / "source", {"task": TASKS}))
    found = """select event_id[4:], lead_id[4:], event_type, occurred_at::varchar
        from raw.lead_events where not is_deleted order by 1"""
    assert query(tmp_path, found) == [
        ("00T01", "003A", "call_connected", "2025-01-05 10:00:00"),
        ("00T02", "003A", "call_tried", "2025-01-05 10:00:00"),
        ("00T03", "003A", "call_tried", "2025-01-04 00:00:00"),
        ("00T04", "003A", "call_connected", "2025-01-04 00:00:00"),
        ("00T05", "00QB", "call_connected", "2025-01-04 00:00:00"),
        ("00T06", "00QB", "call_tried", "2025-01-04 00:00:00"),
        ("00T07", "00QB", "sales_email_sent", "2025-01-04 00:00:00"),
        ("00T08", "003A", "sales_email_sent", "2025-01-04 00:00:00"),
        ("00T09", "003A", "task_done", "2025-01-03 09:00:00"),
        ("00T10", "003A", "task_open", "2025-01-03 09:00:00"),
        ("00T12", "003A", "call_tried", "2025-01-05 10:00:00"),
    ]
    deleted = "select event_id from raw.lead_events where is_deleted"
    assert query(tmp_path, deleted) == [("sf:00T11",)]


EVENTS = """
    id who_id type start_date_time activity_date created_date duration_in_minutes no_show_c is_child is_recurrence is_deleted
    00U1 | 003A | Meeting | 2025-01-10 09:00:00 | | 2025-01-03 09:00:00 | 30 | false | false | false | false
    00U2 | 00QB | Meeting | | 2025-01-11 | 2025-01-03 10:00:00 | | true | false | false | false
    00U3 | 003A | Meeting | 2199-01-10 09:00:00 | | 2025-01-03 11:00:00 | 30 | false | false | false | false
    00U4 | 003A | Meeting | 2025-01-10 09:00:00 | | 2025-01-03 09:00:00 | 30 | false | true | false | false
    00U5 | 003A | Meeting | 2025-01-10 09:00:00 | | 2025-01-03 09:00:00 | 30 | false | false | true | false
    00U6 | 003A | Call | 2025-01-12 09:00:00 | | 2025-01-03 12:00:00 | 15 | false | false | false | false
    00U7 | 003A | Meeting | 2025-01-13 09:00:00 | | 2025-01-03 13:00:00 | 15 | false | false | false | true
    00U8 | | Meeting | 2025-01-13 09:00:00 | | 2025-01-03 13:00:00 | 15 | false | false | false | false
"""  # noqa: E501


def test_meetings_are_booked_and_held_once_for_each_whom_they_concern(tmp_path: Path) -> None:
    """Not for copies in calendars and series; one to come is not held, a deleted one never was."""
    source = write(
        tmp_path / "source",
        {
            "event": EVENTS,
            "event_relation": """
                id event_id relation_id is_what is_deleted
                0REA | 00U1 | 003A | false | false
                0REB | 00U1 | 003C | false | false
                0REC | 00U1 | 005Z | false | false
                0RED | 00U1 | 003D | false | true
            """,
        },
    )
    connect(tmp_path, "salesforce", source)
    found = """select event_id[4:], lead_id[4:], event_type, occurred_at::varchar,
            duration_seconds::int, is_deleted
        from raw.lead_events order by 1"""
    assert query(tmp_path, found) == [
        ("00U1", "003A", "meeting_booked", "2025-01-03 09:00:00", None, False),
        ("00U1:003C", "003C", "meeting_booked", "2025-01-03 09:00:00", None, False),
        ("00U1:003C:held", "003C", "meeting_held", "2025-01-10 09:00:00", 1800, False),
        ("00U1:held", "003A", "meeting_held", "2025-01-10 09:00:00", 1800, False),
        ("00U2", "00QB", "meeting_booked", "2025-01-03 10:00:00", None, False),
        ("00U2:held", "00QB", "meeting_no_show", "2025-01-11 00:00:00", None, False),
        ("00U3", "003A", "meeting_booked", "2025-01-03 11:00:00", None, False),
        ("00U6", "003A", "call_booked", "2025-01-03 12:00:00", None, False),
        ("00U6:held", "003A", "call_connected", "2025-01-12 09:00:00", 900, False),
        ("00U7", "003A", "meeting_booked", "2025-01-03 13:00:00", None, True),
        ("00U7:held", "003A", "meeting_held", "2025-01-13 09:00:00", 900, True),
    ]


MEMBERS = """
    id campaign_id lead_id contact_id status has_responded first_responded_date created_date is_deleted
    00V1 | 701A | 00QB | | Registered | true | 2025-03-05 | 2025-03-01 09:00:00 | false
    00V2 | 701B | 00QC | 003C | Sent | false | | 2025-03-02 09:00:00 | false
    00V3 | 701Z | | 003D | Sent | false | | 2025-03-03 09:00:00 | true
"""  # noqa: E501


def test_who_came_into_a_campaign_and_who_answered_it(tmp_path: Path) -> None:
    campaigns = "id name type\n701A | Spring | Webinar\n701B | Autumn | Email"
    source = write(tmp_path / "source", {"campaign": campaigns, "campaign_member": MEMBERS})
    connect(tmp_path, "salesforce", source)
    found = """select event_id[4:], lead_id[4:], event_type, occurred_at::varchar, campaign,
            properties ->> 'status', is_deleted
        from raw.lead_events order by 1"""
    assert query(tmp_path, found) == [
        ("00V1", "00QB", "campaign_member", "2025-03-01 09:00:00", "Spring", "Registered", False),
        ("00V1:response", "00QB", "campaign_response", "2025-03-05 00:00:00", "Spring",
         "Registered", False),
        ("00V2", "003C", "campaign_member", "2025-03-02 09:00:00", "Autumn", "Sent", False),
        ("00V3", "003D", "campaign_member", "2025-03-03 09:00:00", "701Z", "Sent", True),
    ]  # fmt: skip


def test_people_of_sales_are_users_who_work_here(tmp_path: Path) -> None:
    users = """
        id name email is_active user_type language_locale_key _fivetran_deleted
        005A | Ann | ann@us.com | true | Standard | en_US | false
        005B | Bob | bob@us.com | false | Standard | de | false
        005C | Bot | | true | AutomatedProcess | en_US | false
        005D | Partner | p@p.com | true | PowerPartner | fr | false
        005E | Eve | eve@us.com | true | | | true
    """
    connect(tmp_path, "salesforce", write(tmp_path / "source", {"sf_user": users}))
    found = "select rep_id, name, email, language, is_active from raw.reps order by 1"
    assert query(tmp_path, found) == [
        ("sf:005A", "Ann", "ann@us.com", "en", True),
        ("sf:005B", "Bob", "bob@us.com", "de", False),
        ("sf:005C", "Bot", None, "en", False),
        ("sf:005D", "Partner", "p@p.com", "fr", False),
        ("sf:005E", "Eve", "eve@us.com", None, False),
    ]


def test_what_is_gone_from_a_table_is_deleted(tmp_path: Path) -> None:
    """Where a tool flags nothing: a contact, a deal, a task; but no stage that was entered."""
    first = {
        "contact": "id created_date\n003A | 2025-01-01\n003B | 2025-01-01",
        "opportunity": """id created_date stage_name
            006X | 2025-01-02 | New\n006Y | 2025-01-02 | New""",
        "task": """id who_id is_closed created_date
            00T1 | 003A | true | 2025-01-03\n00T2 | 003A | true | 2025-01-03""",
    }
    gone = re.compile("003B|006Y|00T2")
    second = {
        name: "\n".join(line for line in table.splitlines() if not gone.search(line))
        for name, table in first.items()
    }
    connect(tmp_path, "salesforce", write(tmp_path / "first", first))
    connect(tmp_path, "salesforce", write(tmp_path / "second", second), is_first=False)
    assert query(tmp_path, "select lead_id from raw.leads where is_deleted") == [("sf:003B",)]
    deals = "select opportunity_id from raw.opportunities where is_deleted"
    assert query(tmp_path, deals) == [("sf:006Y",)]
    tasks = "select event_id from raw.lead_events where is_deleted"
    assert query(tmp_path, tasks) == [("sf:00T2",)]
    assert query(tmp_path, "from raw.opportunity_stages where is_deleted") == []


def test_a_dropped_column_and_a_missing_table_are_told_with_what_is_lost(tmp_path: Path) -> None:
    source = write(
        tmp_path / "source",
        {
            "contact": "id created_date is_deleted\n003A | 2025-01-01 | perhaps",
            "opportunity": "id created_date stage_name is_won\n006X | 2025-01-01 | New | false",
        },
    )
    result = connect(tmp_path, "salesforce", source)
    faults = told(result)
    lost = "nobody is known to have withdrawn consent"
    assert f"no such column: {lost}" in faults["contact.has_opted_out_of_email"]
    assert faults["contact.is_deleted"].startswith("1 values are no boolean")
    assert faults["opportunity.amount"].startswith("no such column: no deal has an amount")
    assert "no such table: no lead is known; " in faults["lead"]
    assert query(tmp_path, "select lead_id, is_deleted from raw.leads") == [("sf:003A", False)]


def test_settings_give_the_page_of_a_record_and_a_currency(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_connector("salesforce").settings
    monkeypatch.setitem(settings, "record_url", "https://acme.example/")
    monkeypatch.setitem(settings, "currency", "EUR")
    source = write(
        tmp_path / "source",
        {
            "contact": "id created_date\n003A | 2025-01-01",
            "opportunity": """id created_date stage_name amount currency_iso_code
                006X | 2025-01-01 | New | 10 | USD\n006Y | 2025-01-01 | New | 10 | """,
        },
    )
    connect(tmp_path, "salesforce", source)
    assert query(tmp_path, "select lead_url from raw.leads") == [("https://acme.example/003A",)]
    currencies = "select opportunity_id, currency from raw.opportunities order by 1"
    assert query(tmp_path, currencies) == [("sf:006X", "USD"), ("sf:006Y", "EUR")]


def test_the_status_of_a_lead_is_a_verdict_since_its_first_day(tmp_path: Path) -> None:
    """A was worked from its second version on; B was closed, when is not known; C is open."""
    lines = {
        "A": "Working - Contacted | 2025-02-09 09:00:00 | 005A",
        "B": "CLOSED - NOT CONVERTED | 2025-02-08 09:00:00 |",
        "C": "Open - Not Contacted | 2025-02-07 09:00:00 | 005A",
    }
    current = [f"00Q{name} | 2025-01-01 09:00:00 | {line}" for name, line in lines.items()]
    source = write(
        tmp_path / "source",
        {
            "lead": "\n".join(["id created_date status last_modified_date owner_id", *current]),
            "lead_history": """
                id status _fivetran_start _fivetran_active
                00QA | Open - Not Contacted | 2025-01-01 09:00:00 | false
                00QA | Working - Contacted | 2025-02-03 09:00:00 | false
                00QA | Working - Contacted | 2025-02-09 09:00:00 | true
            """,
        },
    )
    connect(tmp_path, "salesforce", source)
    found = """select lead_id, given_at::date::varchar, verdict, reason, rep_id
        from raw.lead_feedback order by all"""
    assert query(tmp_path, found) == [
        ("sf:00QA", "2025-02-03", "accepted", "working - contacted", "sf:005A"),
        ("sf:00QB", "2025-02-08", "rejected", "closed - not converted", None),
    ]
