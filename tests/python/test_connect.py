"""Systems are brought in by queries, from wherever their tables lie, and what they lack is told."""

import gzip
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing.connecting import query
from scripts.landing.connecting.cast import as_wanted
from scripts.landing.connecting.place import load_extension
from scripts.landing.connecting.query import plain_name
from scripts.run import ConnectedResult, Connection, connect_systems
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from tests import postgres
from tests.real_data import data_folder

PEOPLE = """
-- wants person.id: nobody is known
-- wants person.created time: nobody has a day on which they came in
-- wants person.email: nobody has an address
-- wants person.opted_out|unsubscribed boolean: nobody is known to have withdrawn consent
-- wants person._fivetran_deleted|archived boolean: nobody is known to be deleted
-- wants person.*: every other column is an attribute
-- leaves out person.warehouse_*: what this project writes
select
    'pd:' || id as lead_id,
    created as created_at,
    email,
    if(opted_out, 'opted out', null) as consent_status,
    _fivetran_deleted as is_deleted,
    person.* exclude (id, created, email, opted_out, _fivetran_deleted)
from person
"""
VISITS = """
-- wants visit.id: no visit is known
-- wants visit.person_id: no visit is anybody's
-- wants visit.made_at time: no visit has a day
-- keeps what is gone: the tool deletes visits after a month
select
    'pd:' || id as event_id,
    'pd:' || person_id as lead_id,
    'page_visit' as event_type,
    made_at as occurred_at
from visit
"""
CALLS = """
-- wants call.id bigint: no call is known
-- wants call.person_id: no call is anybody's
-- wants call.made_at time: no call has a day
-- wants call_outcome.call_id bigint: no call is known to have reached anybody
-- wants call_outcome.reached boolean: no call is known to have reached anybody
select
    'pd:call ' || call.id as event_id,
    'pd:' || call.person_id as lead_id,
    if(outcome.reached, 'call_connected', 'call_tried') as event_type,
    call.made_at as occurred_at
from call
left join call_outcome as outcome on call.id = outcome.call_id
"""
CALLS_OF_PEOPLE = """
-- wants person.id
-- wants person.calls json
select
    person.id as person_id,
    unnest(from_json(person.calls, '[{"id": "bigint", "made_at": "varchar"}]'), recursive := true)
from person
"""
QUERIES = {
    "leads.sql": PEOPLE,
    "lead_events.visits.sql": VISITS,
    "lead_events.calls.sql": CALLS,
    "shapes/call.nested.sql": CALLS_OF_PEOPLE,
}
TABLES = {
    "person": """
        select * from (values
            (1, timestamp '2025-01-01 08:00', 'a@a.com', true, false, 'pro', 7.0),
            (2, timestamp '2025-01-02 08:00', 'b@b.com', false, false, 'free', null),
            (3, timestamp '2025-01-03 08:00', null, null, true, null, 1.5)
        ) as t (id, created, email, opted_out, _fivetran_deleted, plan, warehouse_score)
    """,
    "visit": """
        select * from (values
            (10, 1, timestamp '2025-01-05 09:00'), (11, 2, timestamp '2025-01-06 09:00')
        ) as t (id, person_id, made_at)
    """,
    "call": """
        select * from (values
            (20, 1, timestamp '2025-01-07 09:00'), (21, 2, timestamp '2025-01-08 09:00')
        ) as t (id, person_id, made_at)
    """,
    "call_outcome": "select 20 as call_id, true as reached",
}  # fmt: skip
LEADS = """
    select lead_id, created_at::varchar, email, consent_status, is_deleted, attributes::varchar
    from raw.leads order by landing_seq
"""
EVENTS = """
    select event_id, lead_id, event_type, occurred_at::varchar, is_deleted
    from raw.lead_events order by all
"""


@pytest.fixture(autouse=True)
def pipedrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A connector of a system of one's own; returns its folder."""
    folder = tmp_path / "connectors" / "pipedrive"
    (folder / "shapes").mkdir(parents=True)
    for name, text in QUERIES.items():
        (folder / name).write_text(text)
    monkeypatch.setattr(query, "CONNECTORS", folder.parent)
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "warehouse" / "leads.duckdb"))
    query.read_connector.cache_clear()
    yield folder
    query.read_connector.cache_clear()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "extract"
    folder.mkdir()
    write(folder)
    return folder


def write(folder: Path, without: str = "", **instead: str) -> None:
    """The tables of a night, as Parquet files; one left out, others in place of those above."""
    for name, select in (TABLES | instead).items():
        (folder / f"{name}.parquet").unlink(missing_ok=True)
        if name != without:
            duckdb.connect().execute(f"copy ({select}) to '{folder / name}.parquet'")


def bring_in(where: Path | str, *systems: str) -> list[ConnectedResult]:
    query.read_connector.cache_clear()
    return connect_systems(Connection(systems or ("pipedrive",), str(where)))


def rows(sql: str) -> list[tuple[Any, ...]]:
    file = query.CONNECTORS.parent / "warehouse" / "leads.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def told() -> list[tuple[Any, ...]]:
    return rows("select entity, issue, record_id, detail from raw.connector_faults order by all")


def refused(where: Path | str, *systems: str) -> str:
    with pytest.raises(UserError) as error:
        bring_in(where, *systems)
    return str(error.value).replace(str(query.CONNECTORS.parent), "")


def test_names_are_the_same_whatever_tool_landed_them() -> None:
    names = {
        "property_email": "email",
        "properties_hs_lead_status": "hs_lead_status",
        "HasOptedOutOfEmail": "has_opted_out_of_email",
        "CustomField__c": "custom_field_c",
        "_fivetran_deleted": "_fivetran_deleted",
        "createdAt": "created_at",
        "hs_all-funky-a9384-syntax": "hs_all_funky_a9384_syntax",
        "properties": "properties",
    }
    assert {name: plain_name(name) for name in names} == names


def test_a_night_is_landed_under_the_names_of_the_contract(place: Path) -> None:
    (result,) = bring_in(place)
    assert result.faults == ()
    assert rows(LEADS) == [
        ("pd:1", "2025-01-01 08:00:00", "a@a.com", "opted out", False, '{"plan":"pro"}'),
        ("pd:2", "2025-01-02 08:00:00", "b@b.com", None, False, '{"plan":"free"}'),
        ("pd:3", "2025-01-03 08:00:00", None, None, True, None),
    ]
    assert rows(EVENTS) == [
        ("pd:10", "pd:1", "page_visit", "2025-01-05 09:00:00", None),
        ("pd:11", "pd:2", "page_visit", "2025-01-06 09:00:00", None),
        ("pd:call 20", "pd:1", "call_connected", "2025-01-07 09:00:00", None),
        ("pd:call 21", "pd:2", "call_tried", "2025-01-08 09:00:00", None),
    ]


def test_what_is_gone_is_deleted_but_for_what_a_tool_prunes(place: Path) -> None:
    bring_in(place)
    write(
        place,
        person=f"from ({TABLES['person']}) where id <> 2",
        visit=f"from ({TABLES['visit']}) where id <> 11",
        call=f"from ({TABLES['call']}) where id <> 21",
    )
    bring_in(place)
    assert rows("select lead_id from raw.leads where is_deleted and landing_seq > 3") == [("pd:2",)]
    assert rows("select event_id from raw.lead_events where is_deleted") == [("pd:call 21",)]
    write(place)
    bring_in(place)
    assert rows("select is_deleted from raw.leads where lead_id = 'pd:2' order by landing_seq") == [
        (False,), (True,), (False,),
    ]  # fmt: skip


def test_what_another_system_or_folder_brought_stays(place: Path, pipedrive: Path) -> None:
    other = pipedrive.parent / "copper"
    other.mkdir()
    (other / "leads.sql").write_text(PEOPLE.replace("pd:", "co:"))
    bring_in(place, "pipedrive", "copper")
    write(place, person=f"from ({TABLES['person']}) where id = 1")
    bring_in(place)
    assert rows("select lead_id from raw.leads where is_deleted and landing_seq > 6") == [("pd:2",)]


def test_what_this_project_writes_is_no_news(place: Path) -> None:
    bring_in(place)
    write(place, person=f"select * replace (99.0 as warehouse_score) from ({TABLES['person']})")
    bring_in(place)
    assert rows("select count(*) from raw.leads") == [(3,)]


def test_what_is_missing_is_null_and_told_and_nothing_is_deleted_for_it(place: Path) -> None:
    bring_in(place)
    write(
        place,
        without="call_outcome",
        person=f"select * exclude (opted_out) rename (plan as tier) from ({TABLES['person']})",
        call=f"from ({TABLES['call']}) where id <> 21",
    )
    (result,) = bring_in(place)
    expected = [
        (
            "lead_events", "missing in the source", "pipedrive call_outcome",
            "no such table: no call is known to have reached anybody",
        ),
        (
            "leads", "missing in the source", "pipedrive person.opted_out",
            "no such column: nobody is known to have withdrawn consent",
        ),
    ]  # fmt: skip
    assert [tuple(vars(fault).values()) for fault in result.faults] == expected
    assert told() == expected
    version = "select consent_status, attributes::varchar from raw.leads where landing_seq = 4"
    assert rows(version) == [
        (None, '{"tier":"pro"}'),
    ]  # fmt: skip
    assert rows("select event_id from raw.lead_events where is_deleted") == []
    write(place)
    bring_in(place)
    assert told() == []


def test_a_missing_table_is_made_of_others_where_a_shape_knows_how(place: Path) -> None:
    calls = """'[{"id": 20, "made_at": "2025-01-07 09:00:00"}]'"""
    write(
        place,
        without="call",
        person=f"select *, if(id = 1, {calls}, null) as calls from ({TABLES['person']})",
    )
    (result,) = bring_in(place)
    assert result.faults == ()
    assert [row for row in rows(EVENTS) if "call" in row[0]] == [
        ("pd:call 20", "pd:1", "call_connected", "2025-01-07 09:00:00", None)
    ]


def test_a_value_of_another_type_is_told_without_it(place: Path) -> None:
    write(
        place,
        person=f"""select * replace (
            case id when 1 then 'true' when 2 then 'perhaps' end as opted_out,
            epoch_ms(created) as created
        ) from ({TABLES["person"]})""",
    )
    bring_in(place)
    assert told() == [
        (
            "leads", "other type in the source", "pipedrive person.opted_out",
            "1 values are no boolean: nobody is known to have withdrawn consent",
        )
    ]  # fmt: skip
    assert rows("select consent_status, created_at::varchar from raw.leads limit 2") == [
        ("opted out", "2025-01-01 08:00:00"), (None, "2025-01-02 08:00:00"),
    ]  # fmt: skip


def test_a_query_that_fails_is_named_and_the_rest_is_landed(place: Path, pipedrive: Path) -> None:
    (pipedrive / "lead_events.visits.sql").write_text(VISITS.replace("made_at as", "moment as"))
    query.read_connector.cache_clear()
    done = CliRunner().invoke(app, ["connect", "pipedrive", "--from", str(place)])
    assert isinstance(done.exception, UserError)
    assert str(done.exception).startswith(
        'pipedrive lead_events.visits (lead_events): Binder Error: Referenced column "moment"'
    )
    assert "pd:call 20" in str(rows(EVENTS))
    assert [(entity, issue) for entity, issue, *_ in told()] == [("lead_events", "query failed")]


def test_no_value_stands_in_what_is_said_of_a_query_that_fails(
    place: Path, pipedrive: Path
) -> None:
    (pipedrive / "lead_events.visits.sql").write_text(
        VISITS.replace("made_at as", "('a' || id)::int as")
    )
    (result,) = bring_in(place)
    assert result.failed == ["pipedrive lead_events.visits (lead_events): ConversionException"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("-- wants person id", "line 1 is not as -- wants table.column type: what is lost"),
        ("-- nothing", "wants nothing: say which columns it reads (-- wants …)."),
    ],
)  # fmt: skip
def test_a_query_that_does_not_say_what_it_wants_is_refused(
    place: Path, pipedrive: Path, lines: str, sentence: str
) -> None:
    (pipedrive / "payments.sql").write_text(lines)
    assert refused(place).startswith(f"/connectors/pipedrive/payments.sql {sentence}")


def test_a_system_or_place_that_is_not_there_is_refused(place: Path, tmp_path: Path) -> None:
    assert refused(place, "hubspt").startswith(
        "there is no connector 'hubspt': write one of pipedrive"
    )
    assert refused(tmp_path / "nowhere").startswith("pipedrive (all): there is nothing at /nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refused(empty) == "pipedrive (all): /empty has no Parquet or CSV file."
    shutil.copy(place / "visit.parquet", empty / "orders.parquet")
    assert refused(empty) == "pipedrive (all): /empty has no table of pipedrive, but orders."


# --- Where the tables lie


def as_csv(place: Path, folder: Path) -> Path:
    folder.mkdir()
    for file in place.glob("*.parquet"):
        duckdb.sql(f"copy (from '{file}') to '{folder / file.stem}.csv'")
    return folder


def as_parts(place: Path, folder: Path) -> Path:
    for file in place.glob("*.parquet"):
        (folder / "pipedrive" / file.stem).mkdir(parents=True)
        for part in (0, 1):
            name = folder / "pipedrive" / file.stem / f"{part}.parquet"
            half = f"from '{file}' where file_row_number % 2 = {part}"
            duckdb.sql(f"copy ({half}) to '{name}'")
    return folder


def as_database(place: Path, attach: str, schema: str, extension: str | None = None) -> None:
    with duckdb.connect() as connection:
        if extension:
            postgres.load_or_skip(connection, extension)
        connection.execute(f"attach {attach}")
        if schema != "main":
            connection.execute(f"create schema other.{schema}")
        for file in place.glob("*.parquet"):
            connection.execute(f"create table other.{schema}.{file.stem} as from '{file}'")


def as_duckdb(place: Path, file: Path) -> Path:
    as_database(place, f"'{file}.duckdb' as other", "crm")
    return file.with_suffix(".duckdb")


def as_sqlite(place: Path, file: Path) -> Path:
    as_database(place, f"'{file}' as other (type sqlite)", "main", "sqlite_scanner")
    return file


def test_nanoseconds_are_cut_off() -> None:
    read = as_wanted("timestamp_ns '2024-05-02 10:00:00.123456789'", "TIMESTAMP_NS", "timestamp")
    ((moment,),) = duckdb.sql(f"select {read}").fetchall()
    assert moment == datetime(2024, 5, 2, 10, 0, 0, 123456)


def test_an_extension_without_a_package_comes_from_duckdbs_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stood in for by a folder; DuckDB 2 has the extensions only there."""
    package = pytest.importorskip("duckdb_extension_sqlite_scanner")
    (extension,) = Path(package.__file__).parent.rglob("*.duckdb_extension")
    monkeypatch.setitem(sys.modules, "duckdb_extension_sqlite_scanner", None)
    with duckdb.connect() as connection:
        connection.execute(f"set custom_extension_repository = '{tmp_path / 'site'}'")
        connection.execute(f"set extension_directory = '{tmp_path / 'fetched'}'")
        with pytest.raises(UserError) as error:
            load_extension(connection, "sqlite_scanner")
        assert str(error.value) == (
            f"sqlite_scanner, an extension of DuckDB {duckdb.__version__}, could not be fetched: "
            "let this machine reach DuckDB's site once, or use DuckDB 1.5, for which it is a "
            "package."
        )
        ((platform,),) = connection.execute("pragma platform").fetchall()
        site = tmp_path / "site" / f"v{duckdb.__version__}" / platform / f"{extension.name}.gz"
        site.parent.mkdir(parents=True)
        site.write_bytes(gzip.compress(extension.read_bytes(), 1))
        load_extension(connection, "sqlite_scanner")
        connection.execute(f"attach '{tmp_path / 'crm.sqlite'}' as crm (type sqlite)")


@pytest.mark.parametrize("moved", [as_csv, as_parts, as_duckdb, as_sqlite])
def test_the_same_tables_give_the_same_wherever_they_lie(
    place: Path, tmp_path: Path, moved: Callable[[Path, Path], Path]
) -> None:
    bring_in(place)
    leads, events = rows(LEADS), rows(EVENTS)
    shutil.rmtree(tmp_path / "warehouse")
    (result,) = bring_in(moved(place, tmp_path / "moved"))
    assert result.faults == ()
    assert (sorted(rows(LEADS)), rows(EVENTS)) == (sorted(leads), events)


def test_tables_of_a_postgres_server(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with duckdb.connect() as connection:
        postgres.load_or_skip(connection, "postgres_scanner")
    bring_in(place)
    leads, events = rows(LEADS), rows(EVENTS)
    shutil.rmtree(tmp_path / "warehouse")
    with postgres.server() as server:
        assert "password" in refused(server.where)
        monkeypatch.setenv("PGPASSWORD", postgres.PASSWORD)
        attach = f"'{server.where}' as other (type postgres)"
        as_database(place, attach, "pipedrive", "postgres_scanner")
        done = CliRunner().invoke(app, ["connect", "pipedrive", "--from", server.where])
    assert done.exception is None
    assert postgres.PASSWORD not in done.output + caplog.text
    assert (rows(LEADS), rows(EVENTS)) == (leads, events)


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    said = refused("postgresql://me:swordfish@host/db")
    assert said.startswith("pipedrive (all): an address holds no password")
    assert "swordfish" not in said


def test_of_several_schemas_the_one_with_the_systems_tables_is_read(
    place: Path, tmp_path: Path
) -> None:
    file = as_duckdb(place, tmp_path / "moved")
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table main.orders as select 1 as id")
        connection.execute("create schema staging; create table staging.person as select 4 as id")
    assert refused(file) == (
        "pipedrive (all): /moved.duckdb has the schemas crm, main, staging: say which is that of "
        "pipedrive (--schema)."
    )
    done = CliRunner().invoke(app, ["connect", "pipedrive", "--from", str(file), "--schema", "crm"])
    assert done.exception is None
    assert len(rows(LEADS)) == 3


# --- The recipe of the documentation


def test_the_connector_that_the_documentation_writes_gives_olists_numbers(
    tmp_path: Path, pipedrive: Path
) -> None:
    olist = data_folder() / "olist"
    if not olist.is_dir():
        pytest.skip(f"no real data in {olist}: name the folder of the data in LEAD_DATA_DIR")
    text = (PROJECT / "docs" / "connectors.md").read_text("utf-8")
    files = re.findall(r"`connectors/olist/(\w+\.sql)`\n\n```sql\n(.+?)```", text, re.DOTALL)
    (pipedrive.parent / "olist").mkdir()
    for name, sql in files:
        (pipedrive.parent / "olist" / name).write_text(sql)
    (result,) = bring_in(olist, "olist")
    assert result.faults == ()
    assert rows("select count(*), min(created_at)::date::varchar from raw.leads") == [
        (8_000, "2017-06-14")
    ]
    won = "count(*), sum(amount)::varchar, max(closed_at)::date::varchar"
    assert rows(f"select {won} from raw.opportunities") == [(842, "676851.4800", "2018-11-14")]
    assert rows("select count(attributes ->> 'landing_page_id') from raw.leads") == [(8_000,)]
