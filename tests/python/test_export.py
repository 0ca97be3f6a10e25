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
from scripts.sales import service
from scripts.sales.export import ExportResult, export
from scripts.sales.exporting import hubspot, salesforce, webhook
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from tests.crm_servers import TOKEN, Faults, HubSpot, Salesforce, System, Webhook
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
NO_FAULTS = Faults(0, 0)


def own_ids(leads: int, prefix: str) -> list[str]:
    """The ids that a system itself gave leads 1 to `leads`."""
    numbers = f"range(1, {leads + 1}) as numbers (number)"
    found = duckdb.sql(f"select {IDS[prefix]} from {numbers} order by number").fetchall()
    return [str(name).removeprefix(prefix) for (name,) in found]


def expected(number: int) -> dict[str, str]:
    score = number % 100
    band = "hot" if score >= 50 else "cold"
    return {"score": str(score), "band": band, "why": f"reason {number}"}


def point_at(destination: str, system: System) -> dict[str, str]:
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
        environment = os.environ | point_at(destination, system) | {"LEADS_WAREHOUSE": str(file)}
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
    export_through_faults(tmp_path / "w", destination, 100_000, Faults(1000, 0.5), "100,1000,200")
