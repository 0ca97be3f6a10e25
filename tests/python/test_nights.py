"""Two nights of a CRM: what the second says is what a warehouse says that saw the second alone.

The extracts are those of `LEAD_DATA_DIR`: HubSpot and Salesforce as Fivetran lands them, with a
night of changes between them, brought in by their connectors. That totals are those of the CRM,
`test_connect_hubspot` says.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from scripts.landing.contract import read_contract
from scripts.run import ConnectedResult, Connection, connect_systems
from tests import postgres
from tests.real_data import data_folder
from tests.warehouse import run_dbt

pytestmark = pytest.mark.slow

AS_OF = "2021-05-31"
MARTS = ("+path:models/marts",)


@dataclass(frozen=True)
class Nights:
    """The warehouses after both nights, and of the second alone.

    `connected` is what the second night was to the warehouse that had seen the first.
    """

    both: Path
    second: Path
    connected: list[ConnectedResult]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    source = data_folder() / "crm"
    if not source.is_dir():
        pytest.skip(f"no extracts in {source}: name the folder of the data in LEAD_DATA_DIR")
    folder = tmp_path_factory.mktemp("nights")
    both, second = folder / "both", folder / "second"
    take_in(source / "night1", both)
    connected = take_in(source / "night2", both)
    take_in(source / "night2", second)
    return Nights(both / "leads.duckdb", second / "leads.duckdb", connected)


def take_in(night: Path, folder: Path) -> list[ConnectedResult]:
    """Brings in both systems and builds the marts."""
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        connected = connect_systems(Connection(("hubspot", "salesforce"), str(night)))
    run_dbt(folder, {}, MARTS, {"as_of": AS_OF})
    return connected


def test_both_nights_come_to_the_same_as_the_second_alone(nights: Nights) -> None:
    """But for the run's own numbers: properties that changed have a history of their own."""
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
    assert {mart: keys for mart, keys in differences.items() if keys} == {}


def test_the_second_night_says_what_is_gone(nights: Nights) -> None:
    """A contact, a deal, and what they were part of; two events of a contact that left them."""
    deleted = Counter[str]()
    for result in nights.connected:
        assert result.landed
        for entity in result.landed.entities:
            deleted[entity.entity] += entity.rows_deleted
    assert {entity: rows for entity, rows in deleted.items() if rows} == {
        "leads": 1, "opportunities": 1, "opportunity_leads": 2, "opportunity_stages": 1,
        "lead_events": 2,
    }  # fmt: skip


def landed(folder: Path, where: str) -> dict[str, set[str]]:
    """What a night lands of both systems, by entity: each row as text, but for when it landed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADS_WAREHOUSE", str(folder / "leads.duckdb"))
        connect_systems(Connection(("hubspot", "salesforce"), where))
    with duckdb.connect(str(folder / "leads.duckdb"), read_only=True) as connection:
        return {
            entity: {
                row
                for (row,) in connection.sql(
                    f"""select raw::varchar from (
                        select * exclude (landing_seq, landed_at) from raw.{entity}
                    ) as raw"""
                ).fetchall()
            }
            for entity in read_contract()
        }


def test_a_postgres_server_gives_what_the_files_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = data_folder() / "crm" / "night1"
    of_files = landed(tmp_path / "files", str(night))
    monkeypatch.setenv("PGPASSWORD", postgres.PASSWORD)
    with postgres.server() as server:
        with duckdb.connect() as connection:
            postgres.load_or_skip(connection, "postgres_scanner")
            connection.execute(f"attach '{server.where}' as crm (type postgres)")
            for file in sorted(night.rglob("*.parquet")):
                connection.execute(f"create schema if not exists crm.{file.parent.name}")
                table = f'crm.{file.parent.name}."{file.stem}"'
                connection.execute(f"create table {table} as from '{file}'")
        of_server = landed(tmp_path / "server", server.where)
    assert sum(map(len, of_files.values())) > 500
    assert of_server == of_files
