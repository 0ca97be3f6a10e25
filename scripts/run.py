"""From files, or the tables of a CRM, to published marts and KPIs: land, build, publish, kpis."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from scripts.kpis.kpis import kpis
from scripts.kpis.report import KpiReport
from scripts.landing.connecting.connect import FAILED, Fault, extract, note_faults
from scripts.landing.connecting.query import read_connector
from scripts.landing.land import LandResult, rejects
from scripts.landing.own_data import land_own, land_sample
from scripts.privacy.erase import erase, is_retention_set, is_unfinished, past_retention
from scripts.scoring.build import Progress, build
from scripts.scoring.publish import PublishResult, is_evaluated, publish
from scripts.shared import paths
from scripts.shared.errors import BusyError, UserError
from scripts.shared.interface import CHANNEL_WORDS, LEAD_PROFILES, WORDS
from scripts.shared.lock import exclusive
from scripts.shared.temporary import temporary_folder
from scripts.shared.warehouse import connect, reading, storage

DAILY = ("--selector", "daily")


@dataclass(frozen=True)
class Connection:
    """Systems to bring in, by the names of their connectors, and where their tables lie.

    `schema` names that of a database, where it is not found by itself.
    """

    systems: tuple[str, ...]
    where: str
    schema: str | None = None


@dataclass(frozen=True)
class ConnectedResult:
    """What came of a system: what was landed, if anything, and what is not as its queries want."""

    system: str
    landed: LandResult | None
    faults: tuple[Fault, ...]

    @property
    def failed(self) -> list[str]:
        """The queries that failed, or the system that could not be read, and why."""
        return [fault.text for fault in self.faults if fault.issue == FAILED]


@dataclass(frozen=True)
class RunResult:
    """What each step of a run gave.

    `past_retention` counts people who are past it and were not erased, since nobody asked for it.
    """

    connected: tuple[ConnectedResult, ...]
    landed: LandResult | None
    published: PublishResult
    report: KpiReport
    unmapped_sources: list[str]
    past_retention: int


def run(
    folder: Path | None,
    progress: Progress = lambda done, total, name: None,
    step: Callable[[str], None] = lambda name: None,
    daily: bool = False,
    connection: Connection | None = None,
) -> RunResult:
    """Land systems, a folder, or the sample; build all models, publish, compute the KPIs.

    The sample is made up where neither is named. One's own data take its place and are never mixed
    with it. `progress` is told how far a step is, `step` what comes next. A `daily` run leaves what
    measures the scores as the last whole build that passed left it; where none did, it builds all.
    Raises UserError where a step cannot go on, BusyError where another run is at work; what was
    published before stays.
    """
    with exclusive("daily" if daily else "run"):
        if paths.warehouse_file().is_file() and is_unfinished():
            step("finishing an erasure that was ended early")
            erase(())
        connected = connect_systems(connection, progress) if connection else []
        step("landing")
        landed = land_own(folder) if folder else None if connection else land_sample()
        refuse_no_leads(landed)
        published, report, old = build_and_publish(progress, step, daily)
        return RunResult(tuple(connected), landed, published, report, unmapped_sources(), old)


def build_and_publish(
    progress: Progress = lambda done, total, name: None,
    step: Callable[[str], None] = lambda name: None,
    daily: bool = False,
    arguments: Sequence[str] = (),
) -> tuple[PublishResult, KpiReport, int]:
    """What a run does with what is landed; `arguments` are dbt's.

    The number is that of people past retention who were not erased. Raises as `run` does.
    """
    step("building")
    build(progress, (*(DAILY if daily and is_evaluated() else ()), *arguments))
    old = past_retention()
    if old and is_retention_set():
        step("erasing leads past retention")
        erase(old)
        old = []
    step("publishing")
    published = publish()
    step("computing KPIs")
    return published, kpis(by=("month", "channel", "region")), len(old)


def connect_systems(
    connection: Connection, progress: Progress = lambda done, total, name: None
) -> list[ConnectedResult]:
    """Bring in the tables of systems by their connectors, each as if it were a folder to land.

    What cannot be read is noted in `raw.connector_faults` and among the faults, and the rest lands.
    Raises UserError where there is no such connector, or nothing of any system can be read;
    BusyError where another run is at work.
    """
    for system in connection.systems:
        read_connector(system)
    results: list[ConnectedResult] = []
    for system in connection.systems:
        with exclusive("connect"), storage(), temporary_folder() as folder:
            try:
                found = extract(system, connection.where, connection.schema, folder, progress)
                faults = found.faults
                landed = land_own(folder, found.options) if found.files else None
            except BusyError:
                raise
            except UserError as error:
                landed, faults = None, (Fault("all", FAILED, system, str(error)),)
            results.append(ConnectedResult(system, landed, faults))
    if not any(result.landed for result in results):
        raise UserError("; ".join(text for result in results for text in result.failed))
    with exclusive("connect"), closing(connect()) as warehouse:
        for result in results:
            note_faults(warehouse, result.system, result.faults)
    return results


def refuse_no_leads(landed: LandResult | None) -> None:
    """Raises UserError where the warehouse has no lead.

    Without one all marts would be empty, which is no result to put over the last one.
    """
    with duckdb.connect(str(paths.warehouse_file()), read_only=True) as connection:
        if connection.sql("from raw.leads limit 1").fetchall():
            return
    cause = ""
    if landed and (told := "; ".join(rejects(landed.run_id, most=3))):
        cause = f": {landed.total.rows_rejected:,} rows were set aside ({told})"
    raise UserError(f"no lead was landed, so nothing is built and what was published stays{cause}")


def unmapped_sources(most: int = 10) -> list[str]:
    """Sources of leads, spend and traffic of the last build that the seed channels does not map.

    One line each, those of most leads first; the last one counts the rest. A source that is spelt
    as a channel of the seed is that channel.
    """
    with reading() as connection:
        sources = connection.sql(
            f"""select sources.meaning, count(distinct leads.lead_id)
            from {WORDS} as sources
            left join {LEAD_PROFILES} as leads
                on sources.written = leads.lead_source and leads.is_current
            where sources.kind = 'channel'
                and sources.meaning not in (select channel from {CHANNEL_WORDS})
            group by all order by 2 desc, 1"""  # noqa: S608 (names of tables)
        ).fetchall()
    lines = [
        f"{source} ({_counted(leads)})" if leads else f"{source} (spend or traffic, no leads)"
        for source, leads in sources
    ]
    left = len(lines) - most
    return lines[:most] + ([f"and {left:,} more"] if left > 0 else [])


def _counted(leads: int) -> str:
    return "1 lead" if leads == 1 else f"{leads:,} leads"


def evaluated_date() -> date | None:
    """The day of the published quality marts, a warehouse clock; None where they have no rows."""
    with duckdb.connect(str(paths.published_file()), read_only=True) as connection:
        rows = connection.sql("select max(evaluated_date) from marts.score_quality").fetchall()
    day: date | None = rows[0][0]
    return day
