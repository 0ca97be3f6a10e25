"""Export against servers of each API's shape: what they hold in the end, whatever goes wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.run import RunResult
from scripts.sales import service
from scripts.sales.export import DESTINATIONS, export
from scripts.sales.exporting import hubspot, salesforce
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from tests.crm_servers import TOKEN, Faults, HubSpot, Salesforce, System, Webhook
from tests.python.conftest import Warehouse
from tests.scored import IDS, republish, rows, write_scored

SYSTEMS = {"hubspot": ("hs:", HubSpot), "salesforce": ("sf:", Salesforce), "webhook": ("", Webhook)}

# The command, with short waits, and batches of a size that a test names.
COMMAND = """
import sys
from scripts.commands import main
from scripts.sales import service
from scripts.sales.exporting import hubspot, salesforce, webhook
service.FIRST_PAUSE = service.LONGEST_PAUSE = 0.001
service.TIMEOUT = 0.3
hubspot.PAUSE = 0
salesforce.FIRST_LOOK = salesforce.LONGEST_LOOK = 0.001
hubspot.MOST, salesforce.JOB_ROWS, webhook.MOST = map(int, sys.argv.pop(1).split(","))
main()
"""


def own_ids(leads: int, prefix: str) -> list[str]:
    """The ids that a system itself gave leads 1 to `leads`."""
    numbers = f"range(1, {leads + 1}) as numbers (number)"
    found = duckdb.sql(f"select {IDS[prefix]} from {numbers} order by number").fetchall()
    return [str(name).removeprefix(prefix) for (name,) in found]


def expected(number: int) -> dict[str, str]:
    score = number % 100
    band = "hot" if score >= 50 else "cold"
    return {"score": str(score), "band": band, "why": f"reason {number}"}


def point_at(system: System) -> dict[str, str]:
    return {
        "HUBSPOT_URL": system.url,
        "HUBSPOT_TOKEN": TOKEN,
        "SALESFORCE_URL": system.url,
        "SALESFORCE_TOKEN": TOKEN,
        "WEBHOOK_URL": f"{system.url}/hook?key=secret-address",
        "WEBHOOK_TOKEN": TOKEN,
    }


def export_through_faults(
    folder: Path, destination: str, leads: int, faults: Faults, sizes: str
) -> None:
    """Export until it is done; then the system holds what it should, and each answer is noted."""
    prefix, make = SYSTEMS[destination]
    file = write_scored(folder, leads, prefix)
    ids = own_ids(leads, prefix)
    records = {own_id: dict[str, str]() for number, own_id in enumerate(ids, 1) if number % 101}
    refused = {own_id for number, own_id in enumerate(ids, 1) if number % 97 == 0}
    if destination == "webhook":
        records = {own_id: {} for own_id in ids}
    asked = leads  # at least, but for a last run with nothing to do
    with closing(make(records, refused, faults)) as system:
        environment = os.environ | point_at(system) | {"LEADS_WAREHOUSE": str(file)}
        command = [sys.executable, "-c", COMMAND, sizes, "export", "--to", destination, "--send"]
        said = ""
        while "sent: 0, rejected: 0" not in said:
            before = len(system.requests)
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=environment,
                stdout=-1,
                stderr=subprocess.STDOUT,
                text=True,
            )
            system.pid = process.pid
            said, _ = process.communicate(timeout=600)
            assert process.returncode in (0, 2, -9), said
            assert process.returncode != 2 or "gave no answer in 8 attempts" in said, said
            assert TOKEN not in said and "secret-address" not in said and "ann@" not in said
            asked = len(system.requests) - before
        assert asked == 0
        assert faults.left == 0
    missing = {} if destination == "webhook" else {n for n in range(1, leads + 1) if n % 101 == 0}
    for number, own_id in enumerate(ids, 1):
        if own_id in records:
            held = records[own_id]
            assert held == ({} if own_id in refused else expected(number)), own_id
    assert len(records) == leads - len(missing)  # none was made
    answers = rows(file, "select record_id, is_accepted, reason from state.sent")
    assert len(answers) == len({name for name, *_ in answers}) == leads
    rejected = {
        str(name).removeprefix(prefix) for name, is_accepted, _ in answers if not is_accepted
    }
    assert rejected == refused | {ids[number - 1] for number in missing}
    assert not [reason for *_, reason in answers if "ann" in str(reason)]


@pytest.mark.parametrize("destination", SYSTEMS)
def test_a_thousand_changes_through_thirty_faults(tmp_path: Path, destination: str) -> None:
    export_through_faults(tmp_path / "w", destination, 1000, Faults(30, 0.4), "40,200,20")


@pytest.mark.slow
@pytest.mark.parametrize("destination", SYSTEMS)
def test_a_hundred_thousand_changes_through_a_thousand_faults(
    tmp_path: Path, destination: str
) -> None:
    export_through_faults(tmp_path / "w", destination, 100_000, Faults(1000, 0.6), "100,1000,100")


@pytest.fixture
def scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working file of 120 leads of no system, in the environment."""
    file = write_scored(tmp_path / "w", 120)
    monkeypatch.setenv("LEADS_WAREHOUSE", str(file))
    return file


@pytest.fixture
def crm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, tuple[Path, System]]]:
    """Both CRMs with 120 leads of theirs, in the environment, and short waits."""
    monkeypatch.setattr(service, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(hubspot, "PAUSE", 0.0)
    monkeypatch.setattr(salesforce, "FIRST_LOOK", 0.001)
    made = {}
    for destination, (prefix, make) in SYSTEMS.items():
        file = write_scored(tmp_path / destination, 120, prefix)
        ids = {own_id: dict[str, str]() for own_id in own_ids(120, prefix)}
        made[destination] = file, make(ids, set(), Faults(0, 0))
    yield made
    for _, system in made.values():
        system.close()


def enter(
    crm: dict[str, tuple[Path, System]], destination: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, System]:
    """Work with one of the systems from now on."""
    file, system = crm[destination]
    for name, value in (point_at(system) | {"LEADS_WAREHOUSE": str(file)}).items():
        monkeypatch.setenv(name, value)
    return file, system


def exported(file: Path, suffix: str = "csv") -> dict[str, list[str]]:
    """The lines of each exported file, by its name."""
    folder = file.parent / "exports"
    return {name.name: name.read_text("utf-8").splitlines() for name in folder.glob(f"*.{suffix}")}


def newest(file: Path, before: dict[str, list[str]]) -> list[str]:
    """The leads in the one file that was not there before."""
    (lines,) = (lines for name, lines in exported(file).items() if name not in before)
    assert lines[0] == "lead_id,band,score,why"
    return [line.split(",")[0] for line in lines[1:]]


def test_a_file_has_what_was_never_sent_the_highest_scores_first(scored: Path) -> None:
    result = export("csv", send=True)
    assert (result.accepted, result.rejected, result.where) == (
        120,
        0,
        str(scored.parent / "exports"),
    )
    ((name, lines),) = exported(scored).items()
    assert name.startswith("leads.2025-06-30.")
    assert lines[:3] == [
        "lead_id,band,score,why",
        "lead-99,hot,99,reason 99",
        "lead-98,hot,98,reason 98",
    ]
    assert lines[-1] == "lead-100,cold,0,reason 100"
    assert len(lines) == 121
    assert export("csv", send=True).changes == 0
    assert len(exported(scored)) == 1


def test_json_lines_have_the_same(scored: Path) -> None:
    export("jsonl", send=True)
    ((_, lines),) = exported(scored, "jsonl").items()
    assert json.loads(lines[0]) == {"lead_id": "lead-99"} | expected(99)


def test_a_file_that_was_not_noted_is_made_again_under_its_name(scored: Path) -> None:
    export("csv", send=True)
    first = exported(scored)
    with duckdb.connect(str(scored)) as connection:
        connection.execute("delete from state.sent")
    export("csv", send=True)
    assert exported(scored) == first


def test_small_changes_wait_until_they_add_up(scored: Path) -> None:
    """Lead 10 is at 10 and cold, 49 at 49 and cold; five points are enough."""
    export("csv", send=True)
    before = exported(scored)
    republish(
        scored,
        """update marts.lead_score set score = score + 4.9999
        where lead_id in ('lead-10', 'lead-11');
        update marts.lead_score set score = score + 5 where lead_id = 'lead-20';
        update marts.lead_score set score = score - 5 where lead_id = 'lead-35';
        update marts.lead_score set score = 50, band = 'hot' where lead_id = 'lead-49';
        update marts.lead_score set top_reasons = 'others' where lead_id = 'lead-60'""",
    )
    export("csv", send=True)
    assert newest(scored, before) == ["lead-49", "lead-35", "lead-20"]
    before = exported(scored)
    republish(scored, "update marts.lead_score set score = 15 where lead_id = 'lead-10'")
    export("csv", send=True)
    assert newest(scored, before) == ["lead-10"]


def test_other_fields_are_sent_of_all(scored: Path) -> None:
    export("csv", send=True)
    with duckdb.connect(str(scored)) as connection:
        connection.execute("update seeds.export_fields set field = 'reasons' where field = 'why'")
    assert export("csv").changes == 120


def test_a_dry_run_says_what_it_would_do_and_does_nothing(scored: Path) -> None:
    content = scored.read_bytes()
    said = CliRunner().invoke(app, ["export", "--to", "csv"]).output.strip().splitlines()
    assert said[0] == "lead-99: band hot, score 99, why reason 99"
    assert said[-1].startswith("would be sent: 120 (with --send): ")
    assert scored.read_bytes() == content
    assert not (scored.parent / "exports").exists()
    export("csv", send=True)
    republish(scored, "update marts.lead_score set score = 20 where lead_id = 'lead-10'")
    said = CliRunner().invoke(app, ["export", "--to", "csv"]).output.strip().splitlines()
    assert said[0] == "lead-10: score 10 → 20"
    assert len(said) == 2


def test_who_was_deleted_or_objected_since_is_not_sent(scored: Path) -> None:
    with duckdb.connect(str(scored)) as connection:
        connection.execute(
            """delete from intermediate.int_lead_profiles where lead_id = 'lead-1';
            update intermediate.int_lead_profiles set is_deleted = true where lead_id = 'lead-2';
            update intermediate.int_lead_profiles set has_objected = true
            where lead_id = 'lead-3';
            update intermediate.int_lead_profiles set is_current = false where lead_id = 'lead-4'"""
        )
    assert export("csv", send=True).accepted == 116


def test_whom_an_experiment_holds_out_has_no_score_there(scored: Path) -> None:
    with duckdb.connect(str(scored)) as connection:
        connection.execute(
            """insert into intermediate.int_experiment_leads
            values ('lead-99', true), ('lead-98', false);
            insert into seeds.export_fields values ('csv', 'url', 'lead_score', 'lead_url', null)"""
        )
    export("csv", send=True)
    ((_, lines),) = exported(scored).items()
    assert lines[1].startswith("lead-98,hot,98,")
    assert lines[-1] == "lead-99,,,https://crm.example.com/99,"


def test_an_id_goes_without_the_prefix_of_its_own_system(
    crm: dict[str, tuple[Path, System]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, system = enter(crm, "hubspot", monkeypatch)
    monkeypatch.setattr(HubSpot, "properties", ("rep", "score", "band", "why"))
    republish(
        file,
        """insert into marts.lead_assignments values ('hs:1', 'hs:77'), ('hs:2', 'sf:005X');
        insert into seeds.export_fields
        values ('hubspot', 'rep', 'lead_assignments', 'rep_id', 'change')""",
    )
    export("hubspot", send=True)
    assert [system.records[own_id]["rep"] for own_id in "123"] == ["77", "sf:005X", ""]
    republish(file, "update marts.lead_assignments set rep_id = 'hs:78' where lead_id = 'hs:1'")
    assert export("hubspot", send=True).accepted == 1
    assert system.records["1"]["rep"] == "78"


def test_records_that_are_gone_or_nobody_gave_are_not_written_to(
    crm: dict[str, tuple[Path, System]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 went into 2 and 2 into 3, which is the lead; 4 is deleted; 5 and 6 went into one another;
    8 has the id of another system, 9 one that HubSpot does not give.
    """
    file, system = enter(crm, "hubspot", monkeypatch)
    republish(
        file,
        """update intermediate.int_lead_versions set merged_into_lead_id = case lead_id
            when 'hs:1' then 'hs:2' when 'hs:2' then 'hs:3' when 'hs:5' then 'hs:6'
            when 'hs:6' then 'hs:5' end;
        update intermediate.int_lead_versions set is_deleted_then = true
        where lead_id in ('hs:1', 'hs:4');
        update intermediate.int_lead_identities set surviving_lead_id = 'hs:3'
        where lead_id in ('hs:1', 'hs:2');
        update intermediate.int_lead_versions set lead_id = 'sf:8' where lead_id = 'hs:8';
        update intermediate.int_lead_versions set lead_id = 'hs:9x' where lead_id = 'hs:9';
        update intermediate.int_lead_identities set lead_id = 'hs:9x' where lead_id = 'hs:9';
        delete from marts.lead_score where lead_id in ('hs:1', 'hs:2')""",
    )
    result = export("hubspot", send=True)
    assert (result.leads, result.leads_with_record, result.accepted) == (118, 113, 113)
    untouched = {own_id for own_id, held in system.records.items() if not held}
    assert untouched == {"1", "2", "4", "5", "6", "8", "9"}
    assert system.records["3"] == expected(3)


def test_a_converted_lead_is_written_to_through_its_contact(
    crm: dict[str, tuple[Path, System]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lead 1 became the contact 3, which was landed, lead 2 one that was not; of lead 4 it is not
    known that it was converted.
    """
    file, system = enter(crm, "salesforce", monkeypatch)
    ids = own_ids(120, "sf:")
    contact = "003NOTLANDED00A"
    system.records[contact] = {"why": "something else"}
    system.refused = {ids[0], ids[1], ids[3]}
    republish(
        file,
        f"""update intermediate.int_lead_versions set merged_into_lead_id = case lead_id
            when 'sf:{ids[0]}' then 'sf:{ids[2]}' when 'sf:{ids[1]}' then 'sf:{contact}' end;
        update intermediate.int_lead_identities set surviving_lead_id = 'sf:{ids[2]}'
        where lead_id = 'sf:{ids[0]}';
        delete from marts.lead_score where lead_id = 'sf:{ids[0]}';
        update marts.lead_score set top_reasons = null where lead_id = 'sf:{ids[1]}'""",
    )
    result = export("salesforce", send=True)
    assert (result.accepted, result.rejected) == (118, 1)
    assert dict(result.reasons) == {"CANNOT_UPDATE_CONVERTED_LEAD": 1}
    assert system.records[contact] == {"score": "2", "band": "cold", "why": ""}
    assert system.records[ids[2]] == expected(3)
    assert rows(file, "select record_id from state.sent where not is_accepted") == [
        (f"sf:{ids[3]}",)
    ]


def test_what_was_rejected_is_sent_again_once_it_differs_or_after_days(
    crm: dict[str, tuple[Path, System]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, system = enter(crm, "hubspot", monkeypatch)
    system.refused = {"7", "8"}
    result = export("hubspot", send=True)
    assert (result.accepted, result.rejected) == (118, 2)
    assert export("hubspot", send=True).changes == 0
    republish(file, "update marts.lead_score set score = score + 6 where lead_id = 'hs:7'")
    assert export("hubspot", send=True).rejected == 1
    with duckdb.connect(str(file)) as connection:
        connection.execute("update state.sent set answered_at = answered_at - interval 7 days")
    system.refused = {"7"}
    result = export("hubspot", send=True)
    assert (result.accepted, result.rejected) == (1, 1)
    assert system.records["8"] == expected(8)


@pytest.mark.parametrize("destination", ["hubspot", "salesforce"])
def test_a_field_that_is_not_there_stops_it_and_is_named(
    destination: str, crm: dict[str, tuple[Path, System]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = enter(crm, destination, monkeypatch)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update seeds.export_fields set field = 'oddity' where field = 'why'")
    with pytest.raises(UserError, match=r"(DOESNT_EXIST|InvalidBatch), oddity") as told:
        export(destination, send=True)
    assert "ann" not in str(told.value)
    assert rows(file, "from state.sent") == []
    assert rows(file, "from state.export_jobs") == []


def test_no_secret_is_told(
    crm: dict[str, tuple[Path, System]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, system = enter(crm, "hubspot", monkeypatch)
    with service.service("hubspot", system.url, ("HUBSPOT_TOKEN",), TOKEN) as asked:
        assert TOKEN not in repr(asked) and TOKEN not in repr([asked.client])
    monkeypatch.setenv("HUBSPOT_TOKEN", "another")
    with pytest.raises(UserError, match=r"refuses who asks \(HTTP 401\)") as told:
        export("hubspot", send=True)
    assert "another" not in str(told.value)
    for name, value, words in (
        ("HUBSPOT_TOKEN", "line\nbreak", "holds characters that no token has"),
        ("HUBSPOT_TOKEN", "", "HUBSPOT_TOKEN is not set"),
        ("HUBSPOT_URL", "http://api.hubapi.com", "begins with https://"),
        ("HUBSPOT_URL", "https://secret:0x/", "begins with https://"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            with pytest.raises(UserError, match=words) as told:
                export("hubspot", send=True)
            assert not value or value not in str(told.value)


def test_who_asks_for_a_long_pause_is_left_alone(
    crm: dict[str, tuple[Path, System]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, system = enter(crm, "hubspot", monkeypatch)
    system.faults = Faults(1, 1, ("a day's limit",))
    with pytest.raises(UserError, match="takes nothing for 86,400 seconds"):
        export("hubspot", send=True)
    assert len(system.requests) == 1


def test_what_cannot_be_is_said_in_a_sentence(
    scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="none of hubspot, salesforce, webhook, csv, jsonl"):
        export("pipedrive")
    with duckdb.connect(str(scored)) as connection:
        connection.execute(
            "update seeds.export_fields set mart_column = 'mood' where field = 'why'"
        )
    with pytest.raises(UserError, match=r"fills why from lead_score.mood, which is not published"):
        export("csv")
    with duckdb.connect(str(scored)) as connection:
        connection.execute("delete from seeds.export_fields")
    with pytest.raises(UserError, match="has no field for csv"):
        export("csv")
    with duckdb.connect(str(scored)) as connection:
        connection.execute("drop table seeds.export_fields")
    for send in (False, True):
        with pytest.raises(UserError, match="was not built yet, or by an older version"):
            export("csv", send)
    (scored.parent / "published" / "leads.duckdb").unlink()
    with pytest.raises(UserError, match="publish first"):
        export("csv")


def test_the_fields_of_the_project_are_there(sample: tuple[Warehouse, RunResult]) -> None:
    """Of the sample no lead is of a CRM, and all but the deleted go into a file."""
    leads = len(sample[0].query("from marts.lead_score"))
    lives = len(
        sample[0].query(
            """from marts.lead_score where lead_id not in (
                select lead_id from marts.lead_lifecycle where is_deleted
            )"""
        )
    )
    assert 0 < lives < leads
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sample[0].environment.items():
            patch.setenv(name, value)
        found = {to: export(to) for to in DESTINATIONS}
    assert {to: (result.records, result.leads) for to, result in found.items()} == {
        to: (0 if to in ("hubspot", "salesforce") else lives, leads) for to in DESTINATIONS
    }
