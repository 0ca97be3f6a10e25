"""What is written for a while goes, and what tells of people is for its owner alone."""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from scripts.landing.land import land
from scripts.privacy.erase import erase, is_unfinished
from scripts.privacy.subject_access import subject_access
from scripts.run import run
from scripts.scoring.build import build
from scripts.scoring.publish import publish
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.lock import exclusive
from scripts.shared.paths import PROJECT
from scripts.shared.temporary import temporary_folder
from scripts.shared.warehouse import connect, reading

LEADS = "lead_id,created_at\n" + "".join(f"lead{n},2025-01-01\n" for n in range(9))

LANDS_UNTIL_UNPACKED = """
import sys, time
from pathlib import Path
from scripts.landing import land
def stays(*_):
    print("here", flush=True)
    time.sleep(60)
land.checked = stays
land.land(Path(sys.argv[1]))
"""
SPILLS = """
import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from scripts.scoring.functions import Plugin
from scripts.shared.paths import warehouse_file
credentials = DuckDBCredentials(path=str(warehouse_file()), database="leads", schema="marts")
config = {"memory_limit": "60MB", "threads": "1"}
Plugin("functions", {"allow_protected": ""}).update_connection_config(credentials, config)
connection = duckdb.connect(credentials.path, config=config)
connection.execute("create temp table t as select md5(i::varchar) as a, i from range(3000000) t(i)")
print("spilled", flush=True)
input()
"""
# What a build leaves for `publish`.
BUILT = """
create schema marts; create schema if not exists state;
create table state.build as
select true as is_sound, true as was_sound, '{"run_info": true, "lead_score": true}' as marts;
create table marts.run_info as select 'r' as run_id, date '2025-06-01' as clock_date;
create table marts.lead_score as
select lead_id, 'm' as score_model, 1::decimal(18, 4) as score, 'cold' as band,
    date '2025-06-01' as score_date
from raw.leads
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file to land, beside the folder of the warehouse."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "warehouse" / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    monkeypatch.delenv("LEADS_TEMP", raising=False)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/leads.csv.gz").write_bytes(gzip.compress(LEADS.encode()))
    return tmp_path / "data"


def command(*arguments: str, umask: int = 0o022) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "scripts", *arguments],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=umask,
    )


def done(*arguments: str) -> str:
    process = command(*arguments)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return output


def modes(*files: Path) -> list[str]:
    return [oct(file.stat().st_mode & 0o777) for file in files]


def killed_landing(data: Path) -> None:
    """A landing of a packed file, killed as soon as it is unpacked."""
    process = subprocess.Popen(
        [sys.executable, "-c", LANDS_UNTIL_UNPACKED, str(data)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()


def naming_a_lead(place: Path) -> list[Path]:
    return [f for f in place.rglob("*") if f.is_file() and b"lead1,2025" in f.read_bytes()]


@pytest.mark.parametrize("is_moved", [False, True])
def test_the_next_run_clears_what_a_killed_one_unpacked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_moved: bool
) -> None:
    """And nothing that is not its own, nor what another process still needs."""
    place = tmp_path / "warehouse"
    if is_moved:
        place = tmp_path / "elsewhere"
        place.mkdir()
        monkeypatch.setenv("LEADS_TEMP", str(place))
        (place / "mine.txt").write_text("of somebody else")
    killed_landing(folder)
    (left,) = naming_a_lead(place)
    assert left.is_relative_to(paths.temp_folder())
    with temporary_folder() as needed:
        with exclusive("publish"):
            pass
        assert needed.is_dir()
    assert naming_a_lead(place) == [] and not needed.exists()
    assert (place / "mine.txt").is_file() == is_moved


def test_what_a_killed_build_put_aside_is_gone_with_the_next_connection(tmp_path: Path) -> None:
    """Wherever dbt runs: what it spills lies beside the warehouse."""
    connect().close()
    process = subprocess.Popen(
        [sys.executable, "-c", SPILLS],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and "spilled\n" in iter(process.stdout.readline, "")
    (aside,) = {file.parent for file in tmp_path.rglob("duckdb_temp_*")}
    assert aside.parent == paths.temp_folder()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert aside.is_dir()
    connect().close()
    assert not aside.exists()


def test_files_of_people_are_their_owners_alone(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "warehouse"
    place.mkdir(mode=0o755)
    with duckdb.connect(str(place / "leads.duckdb")):
        pass
    (place / "leads.duckdb").chmod(0o644)
    done("land", str(folder))
    done("subject-access", "lead1")
    done("erase", "lead2")
    private = [place / "subject_access/lead1.md", *(place / "erasures").glob("*.json")]
    assert modes(place / "leads.duckdb", place / "leads.lock", *private) == ["0o600"] * 4
    assert modes(place / "leads-tmp", place / "subject_access", place / "erasures") == ["0o700"] * 3
    assert modes(place) == ["0o755"]


@pytest.mark.parametrize(
    ("umask", "file", "folder_mode"), [(0o022, 0o644, 0o755), (0o027, 0o640, 0o750)]
)
def test_what_is_there_for_others_is_as_the_user_has_it(
    folder: Path, tmp_path: Path, umask: int, file: int, folder_mode: int
) -> None:
    """A new warehouse can be looked into, and what is published be read; so it is once erased."""
    place = tmp_path / "warehouse"
    assert command("land", str(folder), umask=umask).wait() == 0
    with duckdb.connect(str(place / "leads.duckdb")) as connection:
        connection.execute(BUILT)
    assert command("publish", umask=umask).wait() == 0
    assert command("erase", "lead1", umask=umask).wait() == 0
    assert modes(place, place / "published") == [oct(folder_mode)] * 2
    assert modes(place / "published/leads.duckdb") == [oct(file)]
    assert modes(place / "leads.duckdb") == ["0o600"]


@pytest.mark.slow
def test_dbt_by_hand_keeps_what_it_writes_to_its_owner(tmp_path: Path) -> None:
    """Its log is there before the plugin is, and may be an earlier version's."""
    (tmp_path / "warehouse").mkdir()
    environment = {
        **os.environ,
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", "run-operation", "check_landed"]
    subprocess.run(dbt, cwd=PROJECT, env=environment, check=False, umask=0o022)
    assert modes(tmp_path / "logs/dbt.log", tmp_path / "warehouse/leads.duckdb") == ["0o600"] * 2


def ended_early(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_unfinished_erasure_is_finished_before_anything_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(folder)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("scripts.privacy.erase.write_receipt", ended_early)
        erase(["lead1"])
    for refused in (lambda: land(folder), publish, lambda: build(lambda *_: None)):
        with pytest.raises(UserError, match="ended early; finish it first: python -m scripts eras"):
            refused()
    # Who is named is erased as well.
    assert erase(["lead2", "lead1"]).leads == 1
    assert land(folder).total.rows_landed == 0
    with reading() as connection:
        left = connection.sql("select list(lead_id order by lead_id) from raw.leads").fetchall()
    assert left == [([f"lead{number}" for number in (0, 3, 4, 5, 6, 7, 8)],)]
    with pytest.raises(UserError, match="no lead 'lead1' is held: it was erased already, at 20"):
        erase(["lead1"])
    with pytest.raises(UserError, match="no lead is named, and no erasure was ended early"):
        erase([])


def test_a_run_finishes_an_erasure_that_was_ended_early(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(folder)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("scripts.privacy.erase.write_receipt", ended_early)
        erase(["lead1"])
    monkeypatch.setattr("scripts.run.build", ended_early)
    with pytest.raises(KeyboardInterrupt):
        run(folder)
    assert not is_unfinished()


@pytest.mark.parametrize("name", ["leads.duckdb", "published/leads.duckdb"])
def test_damaged_blocks_are_told_and_nothing_is_lost(tmp_path: Path, name: str) -> None:
    data = tmp_path / "many"
    data.mkdir()
    rows = [
        f"lead{n},2025-01-01,{sha256(str(n).encode()).hexdigest()}@x.example" for n in range(9000)
    ]
    (data / "leads.csv").write_text("\n".join(["lead_id,created_at,email", *rows]))
    land(data)
    place = tmp_path / "warehouse"
    (place / "published").mkdir()
    shutil.copy(place / "leads.duckdb", place / "published/leads.duckdb")
    content = bytearray((place / name).read_bytes())
    middle = slice(len(content) // 2, len(content) // 2 + 300_000)
    content[middle] = bytes(len(content[middle]))
    (place / name).write_bytes(content)
    process = command("erase", "lead1")
    output, _ = process.communicate()
    assert process.returncode == 2 and "Traceback" not in output
    assert output.strip().startswith("error: ") and output.strip().count("\n") == 0
    assert f"{place / name} is damaged" in output and "put a sound copy in its place" in output
    assert (place / name).read_bytes() == content
    with duckdb.connect(str(place / "published/leads.duckdb"), read_only=True) as other:
        if name == "leads.duckdb":
            assert other.sql("select count(*) from raw.leads").fetchall() == [(9000,)]


def test_a_build_among_the_artifacts_goes_where_it_names_the_person(
    folder: Path, tmp_path: Path
) -> None:
    """As .ci/whatif leaves one: of another catalog's name, which its views keep to."""
    land(folder)
    (tmp_path / "target").mkdir()
    for name, lead in (("last", "lead1"), ("lint", "nobody")):
        with duckdb.connect(str(tmp_path / "target" / f"{name}.duckdb")) as connection:
            connection.execute(
                "create schema intermediate;"
                f"create table intermediate.int_leads as select '{lead}' as lead_id;"
                f"create view intermediate.same as from {name}.intermediate.int_leads"
            )
    receipt = erase(["lead1"])
    assert receipt.files_erased == ("last.duckdb",)
    assert [file.name for file in (tmp_path / "target").glob("*.duckdb")] == ["lint.duckdb"]


def test_a_person_is_told_of_every_row_that_would_be_erased(tmp_path: Path) -> None:
    """Also of what was another's once, or says so under another's lead."""
    data = tmp_path / "own"
    data.mkdir()
    for name, text in {
        "leads.csv": "lead_id,created_at\na,2025-01-01\nb,2025-01-01\n",
        "lead_events.1.csv": "event_id,lead_id,event_type,occurred_at\ne1,a,early,2025-01-02\n",
        "lead_events.2.csv": "event_id,lead_id,event_type,occurred_at\ne1,b,late,2025-01-02\n",
        "opportunities.csv": "opportunity_id,lead_id,created_at,stage\nd1,b,2025-01-02,won\n",
        "opportunity_leads.csv": "opportunity_id,lead_id\nd1,a\n",
        "payments.csv": "payment_id,lead_id,paid_at,amount,currency\np1,b,2025-01-02,9,EUR\n",
    }.items():
        (data / name).write_text(text)
    (data / "lead_events.2.csv").rename(tmp_path / "lead_events.2.csv")
    land(data)
    (tmp_path / "lead_events.2.csv").rename(data / "lead_events.2.csv")
    land(data)
    with connect() as connection:
        connection.execute(
            """create schema marts; create table marts.data_issues as
            select 'odd' as issue, 'payments' as entity, 'p1' as record_id, 'b' as detail"""
        )
    told = subject_access("b").read_text("utf-8")
    found = {
        name: int(rows.replace(",", ""))
        for name, rows in re.findall(r"^### (\S+): ([\d,]+) rows$", told, re.MULTILINE)
    }
    erased = erase(["b"]).rows_erased["leads.duckdb"]
    assert {name: rows for name, rows in found.items() if rows} == erased
    assert erased["raw.lead_events"] == 2 and erased["raw.opportunity_leads"] == 1
