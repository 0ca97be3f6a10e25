"""An erasure is killed at any moment and repeated until done: nothing of the person is left."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from scripts.shared.paths import PROJECT

SEED = 11
# Of the person, none of it anybody else's; ids as short as they come, and odd ones.
LEADS = ("lead-0001", "7", "a|b\\ü")
MARKS = (
    *("lead-0001", "a|b\\ü", "deal-77", "event-88", "payment-99", "person-66"),
    *("Zoe.Quellington@Mail.example", "+49 1579 7654321", "Quellington", "Zoë Quellington"),
    "visitor-55",
)
SHORT = ("7", "d7")
OTHERS = [f"other{number:03}" for number in range(1, 100)]


@dataclass(frozen=True)
class Place:
    """A warehouse after a year of use, and dbt's folders."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    @property
    def working(self) -> Path:
        return self.warehouse / "leads.duckdb"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "LEADS_WAREHOUSE": str(self.working),
            "LEADS_TEMP": str(self.folder / "temp"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def start(self, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "scripts", *command],
            cwd=PROJECT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, *command: str) -> tuple[int, str]:
        """The exit code of a command, and what it said."""
        process = self.start(*command)
        output, _ = process.communicate()
        assert "Traceback" not in output, output
        return process.returncode, output

    def copy(self, to: Path) -> "Place":
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to)
        return Place(to)

    def traces(self) -> Iterator[str]:
        """Files whose names or bytes tell of the person, and tables whose rows do."""
        folders = ("warehouse", "target", "logs", "temp")
        for file in sorted(file for name in folders for file in (self.folder / name).rglob("*")):
            name = str(file.relative_to(self.folder))
            if any(mark.lower() in file.name.lower() for mark in MARKS):
                yield name
            if not file.is_file():
                continue
            content = file.read_bytes()
            if content[8:12] == b"DUCK":
                yield from (f"{name} {table}" for table in _tables_naming(file))
            text = content.decode(errors="replace").lower()
            forms = {form for mark in MARKS for form in (mark, json.dumps(mark)[1:-1])}
            if any(form.lower() in text for form in forms):
                yield name
            if file.suffix in (".html", ".log", ".md") and " 7 " in text.replace("\n", " "):
                yield f"{name} (short)"

    def others(self) -> dict[str, list[tuple[object, ...]]]:
        """The rows of all others by file and table."""
        found = {}
        for file in sorted(self.folder.rglob("*.duckdb")):
            with duckdb.connect(str(file), read_only=True) as connection:
                for schema, table in connection.sql(
                    """select schema_name, table_name from duckdb_tables()
                    where schema_name <> 'state' or table_name = 'score_published' order by all"""
                ).fetchall():
                    rows = connection.sql(f'from "{schema}"."{table}" order by all').fetchall()
                    found[f"{file.relative_to(self.folder)} {schema}.{table}"] = [
                        row for row in rows if not _tells(row)
                    ]
        return found


def _tables_naming(file: Path) -> Iterator[str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        for schema, table in connection.sql(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall():
            if any(map(_tells, connection.sql(f'from "{schema}"."{table}"').fetchall())):
                yield f"{schema}.{table}"


def _tells(row: Sequence[object]) -> bool:
    """Whether a row names the person."""
    cells = [cell.lower() for cell in row if isinstance(cell, str)]
    return not {*cells}.isdisjoint(SHORT) or any(
        mark.lower() in cell for mark in MARKS for cell in cells
    )


def write(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Landed by the command; what a build, a publication and reports leave is stood in for."""
    place = Place(tmp_path_factory.mktemp("erasing") / "before")
    day = "2025-01-01"
    data = place.folder / "data"
    write(
        data / "leads.csv",
        *(["lead_id", "created_at", "email", "phone", "first_name", "last_name", "person_id"],),
        [
            [LEADS[0], day, MARKS[6], MARKS[7], "Zoë", "Quellington", MARKS[5]],
            *([lead, day, MARKS[6], "", "", "", ""] for lead in LEADS[1:]),
            *([lead, day, f"{lead}@mail.example", "", "Zoë", "Smith", ""] for lead in OTHERS),
            [LEADS[0], "yesterday", MARKS[6], "", "", "", ""],
        ],
    )
    write(
        data / "lead_events.csv",
        ["event_id", "lead_id", "event_type", "occurred_at", "is_deleted"],
        [
            *(["event-88", LEADS[0], "visit", day, ""], ["e1", "7", "visit", day, "true"]),
            *(["e2", "visitor-55", "visit", day, ""], ["e3", "visitor-6", "visit", day, ""]),
            *([f"e{lead}", lead, "visit", day, ""] for lead in OTHERS),
        ],
    )
    # The second was somebody else after all; the third is.
    write(
        data / "lead_aliases.csv",
        ["alias_id", "lead_id", "kind", "is_deleted"],
        [
            ["visitor-55", LEADS[0], "visitor", ""],
            ["visitor-6", LEADS[0], "visitor", "true"],
            ["visitor-4", OTHERS[0], "visitor", ""],
        ],
    )
    write(
        data / "opportunity_leads.csv",
        ["opportunity_id", "lead_id", "is_deleted"],
        [["deal-77", OTHERS[1], ""], ["d8", LEADS[0], "true"], ["d8", OTHERS[1], ""]],
    )
    write(
        data / "opportunities.csv",
        ["opportunity_id", "lead_id", "created_at", "stage"],
        [["deal-77", LEADS[0], day, "won"], ["d7", "7", day, "won"], ["d8", OTHERS[0], day, "won"]],
    )
    write(
        data / "payments.csv",
        ["payment_id", "lead_id", "paid_at", "amount", "currency"],
        [["payment-99", LEADS[0], day, 9, "EUR"], ["p8", OTHERS[0], day, 9, "EUR"]],
    )
    code, output = place.do("land", str(data))
    assert code == 0, output
    with duckdb.connect(str(place.working)) as connection:
        connection.execute(
            """create schema intermediate; create schema marts; create schema if not exists state;
            create table intermediate.int_lead_identities as
            select lead_id, case when lead_id in ('7', 'lead-0001', 'a|b\\ü') then '7'
                else lead_id end as surviving_lead_id from raw.leads;
            create table intermediate.words as select distinct last_name as word from raw.leads;
            create table marts.lead_score as
            select lead_id, 50 as score, repeat('x', 500) as top_reasons from raw.leads;
            create table state.score_published as select lead_id, score from marts.lead_score"""
        )
        connection.execute("create view marts.shown as select lead_id from marts.lead_score")
    for name in ("published/leads.duckdb", "published/kept/leads.1.duckdb"):
        file = place.warehouse / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(file)) as connection:
            connection.execute(f"attach '{place.working}' as w (read_only)")
            connection.execute("create schema marts")
            connection.execute("create table marts.lead_score as from w.marts.lead_score")
    for lead in (*LEADS, OTHERS[0]):
        assert place.do("subject-access", lead)[0] == 0
    escaped = json.dumps({"lead": LEADS[2], "mail": MARKS[6]})
    for name, text in {
        "warehouse/charts/scores.html": "<td>lead 7 here</td>",
        "warehouse/charts/other.html": "<td>lead 70 and x7</td>",
        "warehouse/charts/names.html": "<td>QUELLINGTON</td>",
        "warehouse/charts/scores.png": "an image",
        "warehouse/subject_access/other001.md": f"knows {MARKS[6].upper()}",
        "warehouse/erasures/old.json": '{"files_erased": ["subject_access/lead-0001.md"]}',
        "warehouse/lake/raw/leads/1.parquet": MARKS[0],
        "warehouse/leads.duckdb.erasing": MARKS[0],
        "warehouse/tmp/duckdb_temp_storage_DEFAULT-0.tmp": MARKS[0],
        "warehouse/tmp/mine.txt": "of somebody else",
        "temp/leads-tmp/tmpkilled/leads.csv": MARKS[0],
        "temp/mine.txt": "of somebody else",
        "target/run_results.json": escaped,
        "target/manifest.json": '{"line": 7, "d7": "code"}',
        "target/compiled/model.sql": "select 7",
        "target/seeds-1234/points.csv": "points\n7\n",
        "logs/dbt.log": f"kept\nlead 7 went\n{escaped}\n{MARKS[8]}\nlead 70 too\n",
    }.items():
        file = place.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return place


@dataclass(frozen=True)
class Undisturbed:
    """The erasure as it goes undisturbed, and how long it takes (seconds)."""

    place: Place
    seconds: float
    receipt: dict[str, object]


def receipts(place: Place) -> list[dict[str, object]]:
    """All but the old one, without what differs from erasure to erasure."""
    found = []
    for file in (place.warehouse / "erasures").glob("*.json"):
        receipt = json.loads(file.read_text("utf-8"))
        if file.stem != "old":
            found.append({k: v for k, v in receipt.items() if k not in ("erasure_id", "erased_at")})
    return found


@pytest.fixture(scope="module")
def undisturbed(before: Place) -> Undisturbed:
    place = before.copy(before.folder.with_name("undisturbed"))
    started = time.monotonic()
    code, output = place.do("erase", "7")
    assert code == 0, output
    (receipt,) = receipts(place)
    return Undisturbed(place, time.monotonic() - started, receipt)


def assert_erased(place: Place, before: Place) -> None:
    assert [*place.traces()] == []
    assert place.others() == before.others()
    for name in ("leads.duckdb.erasing", "lake", "charts/scores.png", "subject_access/other001.md"):
        assert not (place.warehouse / name).exists()
    for name in ("temp/mine.txt", "warehouse/tmp/mine.txt", "warehouse/charts/other.html"):
        assert (place.folder / name).is_file()
    for name in ("manifest.json", "compiled/model.sql", "seeds-1234/points.csv"):
        assert (place.folder / "target" / name).is_file()
    assert (place.folder / "logs/dbt.log").read_text("utf-8") == "kept\nlead 70 too\n"


def test_an_erasure_leaves_nothing_and_its_receipt_names_nobody(
    before: Place, undisturbed: Undisturbed
) -> None:
    assert {*before.traces()} >= {
        *("warehouse/leads.duckdb raw.leads", "warehouse/leads.duckdb intermediate.words"),
        *("warehouse/charts/names.html", "warehouse/subject_access/lead-0001.md", "logs/dbt.log"),
        *("target/run_results.json", "warehouse/charts/scores.html (short)"),
    }
    assert_erased(undisturbed.place, before)
    for file in (undisturbed.place.warehouse / "erasures").glob("*.json"):
        text = file.read_text("utf-8").lower()
        assert not [name for name in (*MARKS, *OTHERS) if name.lower() in text]
    rows = undisturbed.receipt["rows_erased"]
    assert isinstance(rows, dict)
    assert rows["leads.duckdb"]["raw.leads"] == len(LEADS)
    assert rows["published/kept/leads.1.duckdb"] == {"marts.lead_score": len(LEADS)}
    assert undisturbed.receipt["lines_erased"] == {"dbt.log": 3}


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_killed_at_any_moment_and_repeated_until_done(
    before: Place, undisturbed: Undisturbed, tmp_path: Path, kills: int
) -> None:
    """In each place several kills, then the command again, whoever is named, or nobody."""
    draws = random.Random(SEED)
    killed = 0
    while killed < kills:
        place = before.copy(tmp_path / "here")
        for _ in range(draws.randint(1, 2)):
            process = place.start("erase", "7")
            try:
                process.wait(draws.uniform(0.3, 1.0) * undisturbed.seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
        code, output = place.do("erase", draws.choice(("7", LEADS[0])))
        assert code == 0 or "it was erased already" in output, output
        assert_erased(place, before)
        assert receipts(place) == [undisturbed.receipt]
