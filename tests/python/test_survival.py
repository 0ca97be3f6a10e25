"""Killed at any moment, two at once, read while it changes: what people see is whole.

Thirty leads are built and published (`before`); then more files come (`after` is what an
undisturbed run makes of them). The commands are processes of their own, killed at seeded moments of
the time that they take undisturbed.
"""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from scripts.landing.sample import write_sample
from scripts.shared.paths import PROJECT

# Of the clock on the wall, not of the data.
TIMES = ("landed_at", "published_at")
# What a kept table says of the build by which a row was made, and the rows that only say so.
OF_A_BUILD = ("complete_through_date", "inputs_hash", "lead_hash")
IS_ROW = {'intermediate."int_event_days"': "event_key is not null"}
SEED = 7


@dataclass(frozen=True)
class Place:
    """A folder with data, a warehouse made of them, and dbt's artifacts."""

    folder: Path

    @property
    def working(self) -> Path:
        return self.folder / "leads.duckdb"

    @property
    def published(self) -> Path:
        return self.folder / "published" / "leads.duckdb"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def copy(self, to: Path) -> "Place":
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to)
        return Place(to)

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """A command of the project, or one of dbt's."""
        program = [str(Path(sys.executable).with_name("dbt"))]
        if command[0] != "dbt":
            data = [str(self.data)] if command[0] in ("land", "run") else []
            program = [sys.executable, "-m", "scripts", command[0], *data]
        return subprocess.Popen(
            [*program, *command[1:]],
            cwd=PROJECT,
            env={
                **os.environ,
                "LEADS_WAREHOUSE": str(self.working),
                "LEADS_TEMP": str(self.folder / "tmp"),
                "DBT_TARGET_PATH": str(self.folder / "target"),
                "DBT_LOG_PATH": str(self.folder / "logs"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, *command: str) -> float:
        """Run a command to its end; the seconds that it took."""
        started = time.monotonic()
        process = self.start(*command)
        output, _ = process.communicate()
        with (self.folder / "output.txt").open("a") as file:
            file.write(output)
        assert process.returncode == 0, output
        return time.monotonic() - started

    def texts(self) -> Iterator[tuple[Path, str]]:
        """What the commands printed and logged, and dbt's artifacts."""
        for name in ("output.txt", "logs", "target"):
            for file in [self.folder / name, *(self.folder / name).rglob("*")]:
                if file.is_file():
                    yield file, file.read_text("utf-8", "replace")

    def kill(self, command: str, after: float) -> bool:
        """Kill a command after some seconds; whether it was still at work."""
        process = self.start(command)
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode == -signal.SIGKILL


def tables(file: Path) -> dict[str, str]:
    """The tables of a file that depend on the data alone, each with such columns."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            """select schema_name || '."' || table_name || '"', string_agg(
                '"' || column_name || '"', ', ' order by column_index
            )
            from duckdb_columns() inner join duckdb_tables() using (schema_name, table_name)
            where column_name not in ? and schema_name <> 'state'
                and (schema_name, column_name) <> ('raw', 'run_id')
            group by all order by all""",
            [[*TIMES, *OF_A_BUILD]],
        ).fetchall()
    return dict(found)


def of_one_build(place: Place) -> set[str]:
    """Tables of the leads that were due: made of these, and neither kept nor marts."""
    manifest = json.loads((place.folder / "target" / "manifest.json").read_text("utf-8"))
    due = [f"model.leads.{name}" for name in ("int_history_due", "int_days_to_roll_up")]
    for model in due:
        for child in manifest["child_map"][model]:
            node = manifest["nodes"].get(child, {"config": {}})
            is_table = node["config"].get("materialized") in ("table", "view")
            is_of_all = child == "model.leads.int_current_scores"
            if is_table and node["schema"] == "intermediate" and child not in due and not is_of_all:
                due.append(child)
    return {f'intermediate."{model.split(".")[-1]}"' for model in due}


def differing(one: Path, other: Path, schemas: str = "") -> list[str]:
    """The tables that differ between two files in any row."""
    names = tables(one)
    assert names and names == tables(other)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        return [
            name
            for name, columns in names.items()
            if name.startswith(schemas)
            and connection.sql(
                f"""with one_rows as (
                    select {columns} from one.{name} where {IS_ROW.get(name, "true")}
                ), other_rows as (
                    select {columns} from other.{name} where {IS_ROW.get(name, "true")}
                )
                (from one_rows except all from other_rows)
                union all
                (from other_rows except all from one_rows)
                limit 1"""
            ).fetchall()
        ]


# Of nobody, and in no seed: what of a person must be in no log.
PERSON = {
    "email": "zubrowska.quell@unmistakable.example",
    "phone": "+49 1579 7654321",
    "last_name": "Zubrowska-Quell",
}


def add_files(place: Place) -> None:
    """A changed file and new ones: leads of a person, rows of hers set aside, and late events."""
    leads = place.data / "leads.csv"
    with leads.open(newline="") as stream:
        header, first, *_ = csv.reader(stream)
    lead = dict(zip(header, first, strict=True)) | PERSON
    changed = dict(zip(header, first, strict=True)) | {"updated_at": "2025-05-05"}
    with leads.open("a", newline="") as stream:
        csv.DictWriter(stream, header, lineterminator="\n").writerow(changed)
    with (place.data / "leads.new.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lead | {"lead_id": f"n{i}"} for i in range(9))
        for column in ("created_at", "employee_count", "currency"):
            writer.writerow(lead | {"lead_id": "bad", column: PERSON["email"]})
        stream.write(",".join([*PERSON.values()]) + "\n")
        stream.write(f'"{PERSON["email"]}"{PERSON["phone"]},{"," * len(header)}\n')
    (place.data / "leads.new.jsonl").write_text(f'{{"lead_id": "{PERSON["email"]}"\n')
    events = [f"e{i},n{i % 9},page_view,2025-06-{i % 29 + 1:02}" for i in range(90)]
    (place.data / "lead_events.new.csv").write_text(
        "\n".join(["event_id,lead_id,event_type,occurred_at", *events]) + "\n"
    )


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("survival") / "before")
    write_sample(place.data, leads=30)
    for name in ("marketing_spend", "web_traffic"):
        (place.data / f"{name}.csv").unlink()
    place.do("land")
    place.do("dbt", "build", "--quiet", "--exclude-resource-type", "unit_test")
    place.do("publish")
    return place


@dataclass(frozen=True)
class Reference:
    """The undisturbed run, after each of its commands, and how long each took (seconds)."""

    landed: Place
    built: Place
    published: Place
    seconds: dict[str, float]


@pytest.fixture(scope="module")
def after(before: Place, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("undisturbed")
    place = before.copy(folder / "now")
    add_files(place)
    seconds = {"land": place.do("land")}
    landed = place.copy(folder / "landed")
    seconds["build"] = place.do("build")
    built = place.copy(folder / "built")
    seconds["publish"] = place.do("publish")
    assert differing(before.published, place.published)
    return Reference(landed, built, place, seconds)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kills", "repair_each"),
    [
        ({"land": 5, "build": 1, "publish": 4}, False),
        ({"land": 20, "build": 20, "publish": 20}, True),
    ],
)
def test_killed_at_any_moment(
    before: Place, after: Reference, tmp_path: Path, kills: dict[str, int], repair_each: bool
) -> None:
    draws = random.Random(SEED)
    starts = {"land": before, "build": after.landed, "publish": after.built}
    for command, count in kills.items():
        place = starts[command].copy(tmp_path / "here")
        if command == "land":
            add_files(place)
        done = 0
        while done < count:
            # The first quarter of a second imports Python's modules.
            done += place.kill(command, draws.uniform(0.25, after.seconds[command]))
            if command == "build":
                # Refused, unless dbt had not begun.
                place.start("publish").communicate()
            assert_whole(place.published, before.published, after.published.published)
            if repair_each or done == count:
                repair(place, command, after)
                place = starts[command].copy(tmp_path / "here")
                if command == "land":
                    add_files(place)


def assert_whole(file: Path, *runs: Path) -> None:
    """The file shows all rows of exactly one of these runs."""
    assert any(not differing(file, run) for run in runs)


def repair(place: Place, command: str, after: Reference) -> None:
    """The next run makes good what a killed one left, and the tables are those of `after`."""
    place.do(command)
    match command:
        case "land":
            assert differing(place.working, after.landed.working, "raw.") == []
        case "build":
            # What a killed build had done already was not due again.
            assert set(differing(place.working, after.built.working)) <= of_one_build(place)
            place.do("publish")
            assert differing(place.published, after.published.published) == []
        case "publish":
            assert differing(place.published, after.published.published) == []
            assert [path.name for path in place.published.parent.glob("*.new*")] == []


def test_no_log_tells_of_a_person(after: Reference) -> None:
    """Not even of the rows set aside and the cells left empty, which were several."""
    texts = dict(after.published.texts())
    assert len(texts) > 100 and any("set aside" in text for text in texts.values())
    with duckdb.connect(str(after.published.working), read_only=True) as connection:
        known = connection.sql("select email, phone from raw.leads").fetchall()
        ((rejected, emptied),) = connection.sql(
            """select
                (select count(*) from raw.rejected_rows where file = 'leads.new.csv'),
                (select count(*) from raw.rejected_cells where file = 'leads.new.csv')"""
        ).fetchall()
    assert (rejected, emptied) == (3, 2)
    secrets = {value for row in known for value in row if value} | set(PERSON.values())
    assert set(PERSON.values()) - {PERSON["last_name"]} <= secrets
    found = {
        (file.name, secret) for file, text in texts.items() for secret in secrets if secret in text
    }
    assert found == set()


READER = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for line in sys.stdin:
        print(connection.sql(line).fetchall(), flush=True)
"""


class Reader:
    """Another process that holds a file open, such as a BI tool."""

    def __init__(self, file: Path) -> None:
        names = [name for name in tables(file)]
        sums = [f"(select (count(*), bit_xor(hash(t))) from {name} as t)" for name in names]
        self.sql = f"select [{', '.join(sums)}], (from marts.run_info select rows_landed)"
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self) -> str:
        """Number and hash of the rows of every table, and the rows landed."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(self.sql + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def close(self) -> None:
        self.process.communicate()


def glance(file: Path) -> str:
    """What somebody sees who opens the file now."""
    reader = Reader(file)
    try:
        return reader.read()
    finally:
        reader.close()


def check_readers(place: Place, publications: int, build: Callable[[int], object]) -> None:
    held = Reader(place.published)
    first = last = held.read()
    try:
        for number in range(1, publications + 1):
            build(number)
            assert glance(place.published) == last
            process, seen = place.start("publish"), set()
            while process.poll() is None:
                seen.add(glance(place.published))
                assert held.read() == first
            output, _ = process.communicate()
            assert process.returncode == 0, output
            now = glance(place.published)
            assert now not in (first, last) and seen <= {last, now}
            assert held.read() == first
            last = now
    finally:
        held.close()


def test_a_reader_keeps_what_it_saw_and_the_next_sees_the_newest(
    before: Place, tmp_path: Path
) -> None:
    """Three publications, the builds stood in for by a new score of every lead."""
    place = before.copy(tmp_path / "here")

    def build(number: int) -> None:
        with duckdb.connect(str(place.working)) as connection:
            connection.execute("update marts.lead_score set score = ?", [number])
            connection.execute("update marts.run_info set rows_landed = ?", [number])

    check_readers(place, 3, build)


@pytest.mark.slow
def test_a_reader_keeps_what_it_saw_through_twenty_builds(before: Place, tmp_path: Path) -> None:
    place = before.copy(tmp_path / "here")

    def build(number: int) -> None:
        text = f"lead_id,created_at\nr{number},2025-06-01\n"
        (place.data / f"leads.r{number}.csv").write_text(text)
        place.do("land")
        place.do("build")

    check_readers(place, 20, build)


def together(place: Place, command: str) -> list[int]:
    """The exit codes of a command started twice at once, the second's words checked."""
    processes = [place.start(command) for _ in range(2)]
    outputs = [process.communicate()[0] for process in processes]
    for process, output in zip(processes, outputs, strict=True):
        if process.returncode:
            assert "is in use by `" in output and "(process " in output
    return sorted(process.returncode for process in processes)


def test_of_two_landings_at_once_one_works(before: Place, after: Reference, tmp_path: Path) -> None:
    """Unless one has ended when the other begins; then the other finds nothing to do."""
    codes = []
    for number in range(10):
        place = before.copy(tmp_path / str(number))
        add_files(place)
        codes.append(together(place, "land"))
        assert differing(place.working, after.landed.working, "raw.") == []
        if codes[-1] == [0, 3]:
            return
    assert [0, 3] in codes


@pytest.mark.slow
def test_of_two_runs_at_once_one_works(before: Place, after: Reference, tmp_path: Path) -> None:
    place = before.copy(tmp_path / "here")
    add_files(place)
    assert together(place, "run") == [0, 3]
    assert differing(place.published, after.published.published) == []
