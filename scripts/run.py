"""From files to published marts and KPIs in one go: land, build (all or daily), publish, kpis."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from scripts.kpis.kpis import KpiReport, kpis
from scripts.landing.land import LandResult, land, rejects
from scripts.landing.mapping import NO_OPTIONS, Options
from scripts.landing.sample import write_sample
from scripts.privacy.erase import erase, is_unfinished, past_retention
from scripts.privacy.suppression import keep_suppressions
from scripts.scoring.build import Progress, build
from scripts.scoring.publish import PublishResult, is_evaluated, publish
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.interface import CHANNEL_WORDS, LEAD_PROFILES, WORDS
from scripts.shared.lock import exclusive
from scripts.shared.warehouse import connect, holds, reading, storage

# The table that tells a working file of the sample, and the one that every landing leaves.
SAMPLE, LANDED = "state.sample", "raw.landings"
DAILY = ("--selector", "daily")


@dataclass(frozen=True)
class RunResult:
    """What each step of a run gave."""

    landed: LandResult
    published: PublishResult
    report: KpiReport
    unmapped_sources: list[str]


def run(
    folder: Path | None,
    progress: Progress = lambda done, total, name: None,
    step: Callable[[str], None] = lambda name: None,
    daily: bool = False,
) -> RunResult:
    """Land a folder (the made-up sample where None), build all models, publish, compute the KPIs.

    One's own data take the place of the sample and are never mixed with it. `progress` is told how
    far dbt is, `step` what comes next. A `daily` run leaves what measures the scores as the last
    whole build that passed left it; where none did, it builds all. Raises UserError where a step
    cannot go on, BusyError where another run is at work; what was published before stays.
    """
    with exclusive("daily" if daily else "run"):
        if paths.warehouse_file().is_file() and is_unfinished():
            step("finishing an erasure that was ended early")
            erase(())
        step("landing")
        landed = land_sample() if folder is None else land_own(folder)
        refuse_no_leads(landed)
        step("building")
        build(progress, DAILY if daily and is_evaluated() else ())
        if old := past_retention():
            step("erasing leads past retention")
            erase(old)
        step("publishing")
        published = publish()
        step("computing KPIs")
        report = kpis(by=("month", "channel", "region"))
        return RunResult(landed, published, report, unmapped_sources())


def refuse_no_leads(landed: LandResult) -> None:
    """Raises UserError where the warehouse has no lead.

    Without one all marts would be empty, which is no result to put over the last one.
    """
    with duckdb.connect(str(paths.warehouse_file()), read_only=True) as connection:
        if connection.sql("from raw.leads limit 1").fetchall():
            return
    told = "; ".join(rejects(landed.run_id, most=3))
    raise UserError(
        "no lead was landed, so nothing is built and what was published stays"
        + (f": {landed.total.rows_rejected:,} rows were set aside ({told})" if told else "")
    )


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


def land_sample() -> LandResult:
    """Make up the sample and land it. Raises UserError where the warehouse holds other data."""
    _settle_replacement()
    if paths.warehouse_file().exists() and not _holds(SAMPLE):
        raise UserError(
            f"{paths.warehouse_file()} holds data of your own, and the sample is not mixed with "
            "them: name your folder (make run DATA=folder), or another file in LEADS_WAREHOUSE"
        )
    folder = paths.PROJECT / "data" / "sample"
    write_sample(folder)
    with storage(), closing(connect()) as connection:
        connection.execute(
            "create schema if not exists state;"
            "create table if not exists state.sample as select true as is_sample"
        )
    return land(folder)


def land_own(folder: Path, options: Options = NO_OPTIONS) -> LandResult:
    """Land a folder of one's own data; where the warehouse holds the sample, in its place.

    Who was erased stays so. Raises what `land` raises; the sample stays then.
    """
    with exclusive("land"):
        _settle_replacement()
        if not paths.warehouse_file().exists() or not _holds(SAMPLE):
            return land(folder, options=options)
        paths.warehouse_file().replace(_sample_aside())
        try:
            with closing(connect()) as connection:
                keep_suppressions(connection, _sample_aside())
            landed = land(folder, options=options)
        except UserError:
            _settle_replacement()
            raise
        _sample_aside().unlink()
        return landed


def _sample_aside() -> Path:
    """Where the sample lies while one's own data take its place."""
    return paths.warehouse_file().with_suffix(".aside")


def _settle_replacement() -> None:
    """Put the sample back unless one's own data have landed; then it is gone."""
    if not _sample_aside().exists():
        return
    working = paths.warehouse_file()
    if working.exists() and _holds(LANDED):
        _sample_aside().unlink()
        return
    for leftover in working.parent.glob(f"{working.name}*"):
        leftover.unlink()
    _sample_aside().replace(working)


def _holds(table: str) -> bool:
    """Whether the working file has a table; opened so that what a killed run left is in it."""
    with storage(), closing(connect()) as connection:
        return holds(connection, table)
