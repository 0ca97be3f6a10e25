"""What the warehouse costs at a size, as ratios to one plain query over the same events.

The floor is `floor.sql`, run by DuckDB alone with the threads and memory that the warehouse has.
Beside the warehouse stands what a user would write instead: `by_hand.py`, in polars.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import duckdb
from rich.table import Table

from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.warehouse import quote_literal

HERE = Path(__file__).parent
SEEDS = HERE / "seeds"
EVENTS_PER_LEAD = 20
NEW_SHARE = 1000
LAST_DAY = "2025-06-30"
CSV_EVENTS = 10_000_000
REPEATED = 3
EDITS = 20
NEWS = 20
# The file by which a folder is known as one that a benchmark made, and may empty.
MADE = ".benchmark"
ENTITIES = ("leads", "lead_events")
EVALUATION = ("intermediate.evaluation", "marts.quality")

# Rows of one side that the other has not; polars has 1/10,000 of a point as a whole number.
DIFFERENCES = """
with ours as (
    select lead_id, rule_id, points from marts.lead_score_factors
    where rule_id not in ('group_limit', 'group_weight', 'score_scale')
    union all
    select lead_id, '(score)', score from marts.lead_score_by_model
), theirs as (
    select lead_id, rule_id, (points / 10000.0)::decimal(18, 4) as points
    from read_parquet($factors)
    union all
    select lead_id, '(score)', (score / 10000.0)::decimal(18, 4) from read_parquet($scores)
)
select count(*) from (
    (from ours except all from theirs) union all (from theirs except all from ours)
)
"""

Step = Callable[[str], None]
# A query, and the values of its parameters.
Query = tuple[str, Mapping[str, object]]


@dataclass(frozen=True)
class Measured:
    """What something took: seconds of wall time, their ratio to those of `base`, peak memory."""

    name: str
    seconds: float
    base: str
    ratio: float
    peak_mb: int | None


@dataclass(frozen=True)
class BenchReport:
    """The sizes, and what was measured; `file` holds the same as JSON."""

    events: int
    leads: int
    measured: tuple[Measured, ...]
    file: Path


@dataclass(frozen=True)
class _Run:
    seconds: float
    peak_mb: int
    output: str


def bench(events: int, folder: Path, step: Step = lambda name: None) -> BenchReport:
    """Make up `events` events in `folder`, run the warehouse on them, and measure each part.

    Plain queries run three times and their median counts; a part of the warehouse runs once, since
    the next run would find its work done. Each runs in a process of its own, one after the other,
    and its peak is the resident set in MB. Raises UserError with the words of what failed,
    and where the folder holds anything but an earlier benchmark: it is made anew.
    """
    _empty(folder)
    shutil.copytree(SEEDS, folder / "seeds")
    bench = _Bench(folder, events, max(1, events // EVENTS_PER_LEAD), step)
    report = BenchReport(events, bench.leads, tuple(bench.measure()), folder / "bench.json")
    report.file.write_text(json.dumps(asdict(report), default=str, indent=2), "utf-8")
    return report


def _empty(folder: Path) -> None:
    """Make a folder anew that a benchmark made, which it tells by a file in it, and no other."""
    is_own = (folder / MADE).is_file()
    if folder.exists() and not is_own and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is not the folder of a benchmark: name another, or empty it")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MADE).touch()


def render(report: BenchReport) -> Table:
    """The report for a terminal."""
    title = f"{report.events:,} events of {report.leads:,} leads"
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for name in ("seconds", "ratio", "peak MB"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.measured:
        peak = "" if row.peak_mb is None else f"{row.peak_mb:,}"
        table.add_row(row.name, f"{row.seconds:.1f}", f"{row.ratio:.2f} x {row.base}", peak)
    return table


@dataclass(frozen=True)
class _Bench:
    folder: Path
    events: int
    leads: int
    step: Step

    def measure(self) -> Iterator[Measured]:
        few = min(self.events, CSV_EVENTS)
        self._generate("all", "parquet", 0, self.events)
        self._generate("few", "csv", 0, few)
        new = max(1, self.events // NEW_SHARE)
        self._generate("day", "parquet", self.events, new)
        self._generate("next_day", "parquet", self.events + new, new)

        bare, floor = self._plain("all", "read_parquet", "floor")
        bare_csv, _ = self._plain("few", "read_csv")
        yield Measured("floor", floor, "floor", 1, None)
        yield self._against("land Parquet", self._scripts("land", str(self.folder / "all")), bare)
        yield self._against(
            f"land CSV, {few:,} events",
            self._scripts("land", str(self.folder / "few"), warehouse="csv"),
            bare_csv,
        )

        def against_floor(name: str, *runs: _Run) -> Measured:
            seconds = sum(run.seconds for run in runs)
            peak = max(run.peak_mb for run in runs)
            return Measured(name, seconds, "floor", seconds / floor, peak)

        build = ["build", "--exclude-resource-type", "test", "unit_test", "--vars"]
        current = [*build, json.dumps({"history": False})]
        shutil.copytree(self.folder / "warehouse", self.folder / "scores")
        scores = [*current, "--select", "+lead_score", "+lead_score_factors"]
        yield against_floor(
            "scores and factors, without history", self._dbt(*scores, warehouse="scores")
        )
        shutil.rmtree(self.folder / "scores")
        yield against_floor("build, without history", self._dbt(*current))
        yield against_floor("polars, the same scores", self._by_hand())
        _set_points(self.seeds, "3")
        yield against_floor("change of points", self._dbt(*current))
        yield against_floor("history filled in", self._dbt(*build, "{}"))
        yield against_floor("evaluation, again", self._dbt("run", "--select", *EVALUATION))
        yield against_floor("build and tests, nothing new", self._scripts("build"))
        yield against_floor("publish", self._scripts("publish"))
        yield against_floor("what-if", self._scripts("whatif", str(SEEDS)))
        yield from self._edits(floor)
        landed = self._scripts("land", str(self.folder / "day"))
        scored = self._dbt(*build, "{}", "--select", "+lead_score", "+lead_score_factors")
        yield against_floor("a day's news: land, scores and factors", landed, scored)
        yield against_floor(
            "the next day's, by daily: land, build and tests, publish, kpis",
            self._scripts("daily", str(self.folder / "next_day")),
        )
        yield against_floor("kpis", self._scripts("kpis"))
        yield from self._news(floor)

    @property
    def seeds(self) -> Path:
        """The seeds of this benchmark, in which points change."""
        return self.folder / "seeds"

    def _generate(self, name: str, suffix: str, first: int, count: int) -> None:
        """Files of the events from number `first` on, and of the leads that came in meanwhile."""
        self.step(f"making up {count:,} events as {suffix}")
        (self.folder / name).mkdir()
        first_lead, last_lead = first // EVENTS_PER_LEAD, (first + count) // EVENTS_PER_LEAD
        values = {
            "events": self.events,
            "leads": self.leads,
            "first_event": first,
            "new_events": count,
            "first_lead": first_lead,
            "new_leads": last_lead - first_lead,
            "last_day": LAST_DAY,
        }
        queries: list[Query] = [((HERE / "macros.sql").read_text("utf-8"), {})]
        for entity in ENTITIES:
            query = (HERE / f"{entity}.sql").read_text("utf-8")
            target = quote_literal(str(self.folder / name / f"{entity}.{suffix}"))
            asked = {key: value for key, value in values.items() if f"${key}" in query}
            queries.append((f"copy ({query}) to {target}", asked))
        _queried(":memory:", *queries)

    def _plain(self, name: str, reader: str, *queries: str) -> tuple[float, float]:
        """The median seconds of bare loading, and of the queries, by DuckDB alone."""
        self.step(f"loading {name} and the floor, by DuckDB alone")
        loads = [
            f"create or replace table {entity} as "
            f"from {reader}({quote_literal(str(next((self.folder / name).glob(f'{entity}.*'))))})"
            for entity in ENTITIES
        ]
        database = self.folder / "bare.duckdb"
        asked = [(HERE / f"{query}.sql").read_text("utf-8") for query in queries]
        loading, querying = [], []
        for _ in range(REPEATED):
            plain = [sys.executable, "-m", "scripts.bench.plain", str(database)]
            run = self._run([*plain, *loads, *asked])
            seconds = [float(line) for line in run.output.split()]
            loading.append(sum(seconds[: len(loads)]))
            querying.append(sum(seconds[len(loads) :]))
            database.unlink()
        return median(loading), median(querying)

    def _edits(self, floor: float) -> Iterator[Measured]:
        """From an edit of points to its effect, once the warehouse is open for previews."""
        self.step(f"{EDITS} edits")
        run = self._run([sys.executable, "-m", "scripts.bench.edits", str(EDITS)])
        opened, *seconds = (float(line) for line in run.output.split())
        for name, taken in (
            ("previews opened", opened),
            (f"edit to effect, median of {EDITS}", median(seconds)),
            ("edit to effect, 95 %", quantiles(seconds, n=20, method="inclusive")[-1]),
        ):
            yield Measured(name, taken, "floor", taken / floor, run.peak_mb)

    def _news(self, floor: float) -> Iterator[Measured]:
        """From a file of events that comes in to what is published with it."""
        self.step(f"{NEWS} files of news")
        run = self._run([sys.executable, "-m", "scripts.bench.news", str(NEWS)])
        seconds = median(float(line) for line in run.output.split())
        name = f"news to published scores, median of {NEWS}"
        yield Measured(name, seconds, "floor", seconds / floor, run.peak_mb)

    def _by_hand(self) -> _Run:
        """What polars takes from Parquet to factors and scores, which must be the warehouse's."""
        self.step("the same scores in polars")
        target = self.folder / "by_hand"
        built = str(self.folder / "warehouse" / "leads.duckdb")
        ((clock,),) = _queried(built, ("select clock_date from intermediate.int_clock", {}))
        where = [str(self.folder / "all"), str(SEEDS), str(clock), str(target)]
        run = self._run([sys.executable, "-m", "scripts.bench.by_hand", *where])
        values = {name: str(target / f"{name}.parquet") for name in ("factors", "scores")}
        ((differences,),) = _queried(built, (DIFFERENCES, values))
        if differences:
            raise UserError(f"{differences} factors or scores are not those of polars")
        return run

    def _against(self, name: str, run: _Run, bare: float) -> Measured:
        return Measured(name, run.seconds, "bare", run.seconds / bare, run.peak_mb)

    def _scripts(self, *command: str, warehouse: str = "warehouse") -> _Run:
        self.step(" ".join([command[0], *(Path(part).name for part in command[1:])]))
        return self._run([sys.executable, "-m", "scripts", *command], warehouse)

    def _dbt(self, *command: str, warehouse: str = "warehouse") -> _Run:
        self.step(f"dbt {command[0]}")
        asked = ["-c", "from scripts.seeds.overlay import seed_path; print(seed_path())"]
        path = self._run([sys.executable, *asked]).output.strip()
        dbt = str(Path(sys.executable).with_name("dbt"))
        return self._run([dbt, "--quiet", *command], warehouse, path)

    def _run(
        self, command: Sequence[str], warehouse: str = "warehouse", seeds: str | None = None
    ) -> _Run:
        """Runs a process to its end, in the project, on the warehouse of this benchmark."""
        place = self.folder / warehouse
        environment: Mapping[str, str] = {
            **os.environ,
            "LEADS_WAREHOUSE": str(place / "leads.duckdb"),
            "LEADS_TEMP": str(place / "tmp"),
            "DBT_TARGET_PATH": str(place / "target"),
            "DBT_LOG_PATH": str(place / "logs"),
            "LEADS_SEEDS": seeds or str(self.seeds),
            "POLARS_MAX_THREADS": os.environ.get("LEADS_THREADS", "2"),
        }
        began = perf_counter()
        with subprocess.Popen(
            command,
            cwd=paths.PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise UserError(f"{' '.join(command)} failed: {output}")
        return _Run(perf_counter() - began, usage.ru_maxrss // 1024, output)


def _queried(database: str, *queries: Query) -> list[Any]:
    """The rows of the last of some queries, made in a process of its own.

    What is begun after them would else count the memory that they had taken here as its own.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_rows, database, queries).result()


def _rows(database: str, queries: Sequence[Query]) -> list[Any]:
    limits: dict[str, Any] = {"memory_limit": "4GB", "threads": "2"}
    with duckdb.connect(database, database != ":memory:", limits) as connection:
        for query, values in queries:
            connection.execute(query, values)
        return connection.fetchall()


def _set_points(seeds: Path, points: str) -> None:
    """Make a visit to the prices worth other points."""
    file = seeds / "points" / "event_points.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    for row in rows:
        if row["rule_id"] == "pricing_page":
            row["points"] = points
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
