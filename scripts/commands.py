"""The command line: thin, over one module a command."""

from __future__ import annotations

import io
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from rich.table import Table

from scripts.shared import faults, paths, terminal
from scripts.shared.errors import UserError
from scripts.shared.modes import keep_private
from scripts.shared.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.landing.land import LandResult, RejectTable
    from scripts.run import ConnectedResult
    from scripts.seeds.check_seeds import SeedReport

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
ROWS_SHOWN = 5


@app.callback()
def leads() -> None:
    """Sample data, landing, publishing and KPIs of the lead scoring warehouse."""


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="where the files go")] = Path("data/sample"),
    leads: Annotated[int, typer.Option(min=1, help="how many leads")] = 5000,
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")] = 42,
) -> None:
    """Write made-up leads, events, deals and spend as files of the input contract."""
    from scripts.landing.sample import write_sample

    with terminal.status(f"making up {leads:,} leads"):
        result = write_sample(folder, leads, seed)
    for entity, rows in result.rows.items():
        say(f"{entity:20} {rows:>12,} rows")
    say(f"sample: {folder}")


@app.command()
def land(
    folder: Annotated[Path, typer.Argument(help="folder of files, one or more an entity")],
    time_zone: Annotated[
        str | None, typer.Option(help="of times without one, such as Europe/Berlin; empty: UTC")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(help="comma: 1.250,50 and 1,5 have a decimal comma")
    ] = None,
    dates: Annotated[
        str | None, typer.Option(help="dmy or mdy, beside ISO 8601: 31.12.2024 or 12/31/2024")
    ] = None,
    sums: Annotated[
        str, typer.Option("--sum", help="entities whose rows with the same key are added")
    ] = "",
    whole: Annotated[
        str, typer.Option(help="entities of which the folder has all rows: others are deleted")
    ] = "",
) -> None:
    """Land a folder of files, in place of the sample; landing it again changes nothing.

    What holds each time is better said in the folder's mapping.yml, for run and daily too.
    """
    from scripts.landing.mapping import Options
    from scripts.landing.own_data import land_own
    from scripts.shared.warehouse import without_pandas

    options = Options(time_zone, decimal, dates, _parts(sums), _parts(whole))
    with without_pandas():
        with terminal.status(f"landing {folder}"):
            result = land_own(folder, options)
        _print_landed(result)
    say(f"landed in: {paths.warehouse_file()}")


@app.command()
def connect(
    systems: Annotated[list[str], typer.Argument(help="names of folders in connectors/")],
    where: Annotated[
        str, typer.Option("--from", help="DuckDB file, folder of tables, or postgresql://…")
    ],
    schema: Annotated[
        str | None, typer.Option(help="of the database; empty: the one with the system's tables")
    ] = None,
) -> None:
    """Land the tables of CRM, web or ad systems, as their tools left them, by connectors/."""
    from scripts.run import Connection, connect_systems

    with terminal.progress() as bar:
        task = bar.add_task("opening", total=None)
        results = connect_systems(
            Connection(tuple(systems), where, schema),
            lambda done, total, name: bar.update(
                task, completed=done, total=total, description=name
            ),
        )
    for result in results:
        _print_connected(result)
    say(f"landed in: {paths.warehouse_file()}")
    _refuse_failed(results)


@app.command()
def feedback(
    file: Annotated[Path, typer.Argument(help="call list, CSV or XLSX, that a rep filled in")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="day of the calls; empty: today")
    ] = None,
) -> None:
    """Land what reps noted in a call list as verdicts of sales, by seeds/sales/dispositions."""
    from scripts.sales import feedback as closing_the_loop

    result = closing_the_loop.feedback(file, on.date() if on else None)
    say(
        f"landed: {result.landed} verdicts, {result.known} known already, "
        f"{result.set_aside} set aside, {result.undecided} rows that say nothing yet"
    )


@app.command("map")
def map_folder(
    folder: Annotated[Path, typer.Argument(help="folder of files, as a tool exported them")],
) -> None:
    """Write a folder's mapping.yml as a start, guessed from headers and values."""
    from scripts.landing.guess import write_mapping

    with terminal.status(f"looking at {folder}"):
        result = write_mapping(folder)
    table = Table(title="Guessed", title_justify="left")
    for name in ("file", "column", "is", "sure"):
        table.add_column(name, justify="right" if name == "sure" else "left")
    for file in result.files:
        if not file.entity:
            table.add_row(file.name, "", "not known", "")
            continue
        table.add_row(file.name, "", file.entity.is_what, f"{file.entity.percent} %")
        for guess in (*file.columns, *file.options):
            table.add_row("", guess.what, guess.is_what, f"{guess.percent} %")
        for missing in file.missing:
            table.add_row("", "(none)", missing, "")
    terminal.show(table)
    say(f"mapping: {result.file}")


@app.command()
def check_seeds(
    folder: Annotated[
        Path | None, typer.Argument(help="laid over seeds/; empty: that of LEADS_SEEDS")
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="first mend what a spreadsheet did to the files there")
    ] = False,
) -> None:
    """Check the point tables and mappings, without building; make clean files of a spreadsheet's.

    With --fix the folder's files are rewritten, or none of them where one can't be mended.
    """
    from scripts.seeds import fix_seeds as fixing
    from scripts.seeds.check_seeds import check_seeds as checking
    from scripts.seeds.overlay import SEEDS, overlay

    if fix:
        done = fixing.fix_seeds(folder or overlay() or SEEDS)
        for line in fixing.lines(done.fixes):
            say(line, "mended:")
        say(f"{len(done.contents)} files written")
    report = checking(SEEDS, overlay(str(folder) if folder else None))
    report.raise_for_errors()
    warnings = _seed_warnings(report)
    say(f"no errors in the seeds, {warnings} warnings")


def _seed_warnings(report: SeedReport) -> int:
    """Tell the warnings of seeds, held against the last build where there is one; their number."""
    from scripts.seeds.landed import warnings_for_landed

    warnings = report.warnings
    if paths.warehouse_file().is_file():
        try:
            warnings = warnings_for_landed(report)
        except UserError as error:
            say(f"not held against what was landed: {error}")
    for warning in warnings:
        say(str(warning), "warning:")
    return len(warnings)


@app.command()
def build() -> None:
    """Build all seeds, models and data tests (dbt build), with the seeds that LEADS_SEEDS names."""
    from scripts.scoring.build import build as building

    with terminal.progress() as bar:
        task = bar.add_task("building", total=None)
        building(
            lambda done, total, name: bar.update(
                task, completed=done, total=total, description=f"building {name}"
            )
        )
    _warn_of_seeds()
    say(f"built: {paths.warehouse_file()}")


def _warn_of_seeds() -> None:
    """Tell the warnings of the seeds that were built."""
    from scripts.seeds.check_seeds import check_seeds as checking
    from scripts.seeds.overlay import SEEDS, overlay

    _seed_warnings(checking(SEEDS, overlay()))


@app.command()
def spark() -> None:
    """Build seeds and models on Spark instead, from the raw tables of the warehouse."""
    from scripts.scoring.spark import build_on_spark

    with terminal.progress() as bar:
        task = bar.add_task("starting Spark", total=None)
        build_on_spark(
            lambda done, total, name: bar.update(
                task, completed=done, total=total, description=f"building {name}"
            )
        )
    say(f"built: {paths.lake_folder()}")


@app.command()
def publish(
    accept_rows: Annotated[
        bool,
        typer.Option(
            "--accept-rows", help="however many rows a mart lost or gained, or were set aside"
        ),
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="put back what was published before")
    ] = False,
) -> None:
    """Put the marts in place for BI tools, whole and at once, or go back to the ones before."""
    from scripts.scoring import publish as publishing

    result = publishing.rollback() if rollback else publishing.publish(accept_rows)
    for entity, (rejected, read) in result.set_aside.items():
        say(f"set aside: {rejected:,} of the {read:,} rows of {entity}; marts.data_issues has them")
    say(f"published: {result.file} ({len(result.rows)} marts, clock {result.clock_date})")


@app.command()
def kpis(
    by: Annotated[str, typer.Option(help="any of month,channel,region")] = "month",
    method: Annotated[str | None, typer.Option(help="period or cohort; empty: both")] = None,
) -> None:
    """Compute the KPIs of the published marts: to the terminal, as CSV, JSON and for Excel."""
    from scripts.kpis import kpis as reporting

    report = reporting.kpis(by=_parts(by), method=method)
    terminal.show(reporting.render(report))
    say(f"KPIs: {report.csv_file} and {report.json_file}")


@app.command()
def explain(
    lead_id: Annotated[str, typer.Argument(help="the lead")],
    as_of: Annotated[str | None, typer.Option(help="a day, 2025-03-31; empty: the clock")] = None,
    seeds: Annotated[
        Path | None, typer.Option(help="a folder of other seeds: points now and then")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="a live scoring model; empty: the one that counts")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table")] = False,
) -> None:
    """Tell why a lead has its score, on any day: reasons, decay, limits and ways up a band."""
    from scripts.scoring import explain as explaining
    from scripts.shared.warehouse import without_pandas

    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError as error:
        raise UserError(f"--as-of {as_of} is no day; write it as 2025-03-31") from error
    with terminal.status("scoring the lead"), without_pandas():
        found: explaining.Explanation | explaining.Beside = (
            explaining.explain_beside(lead_id, seeds, day, model)
            if seeds
            else explaining.explain(lead_id, day, score_model=model)
        )
    if as_json:
        terminal.write_json(found.to_json())
    else:
        terminal.show(explaining.render(found))


@app.command()
def subject_access(
    lead_id: Annotated[str, typer.Argument(help="a lead of the person")],
    language: Annotated[
        str | None, typer.Option(help="of the letter: de, el, en, es or fr; else the person's")
    ] = None,
) -> None:
    """Write all that is held on a person to one file, and what it means as a letter to read."""
    from scripts.privacy.subject_access import subject_access as collecting
    from scripts.privacy.subject_access import subject_letter

    with terminal.status("collecting"):
        letter = subject_letter(lead_id, language)
        file = collecting(lead_id)
    say(f"all that is held on the person: {file}")
    say(f"a letter to go with it: {letter}")


@app.command()
def erase(
    lead_ids: Annotated[list[str] | None, typer.Argument(help="a lead of each person")] = None,
    old: Annotated[
        bool, typer.Option("--past-retention", help="all of whom nothing was heard for too long")
    ] = False,
) -> None:
    """Erase people from all tables and files, for good, and keep them out of later landings.

    Without a lead, finish an erasure that was ended early.
    """
    from scripts.privacy import erase as erasing

    named = [*(lead_ids or ()), *(erasing.past_retention() if old else ())]
    if not named and not erasing.is_unfinished():
        raise UserError(
            "nobody is past the var retention_days or the seed retention"
            if old
            else "name a lead, or --past-retention"
        )
    with terminal.progress() as bar:
        task = bar.add_task("looking them up", total=None)
        receipt = erasing.erase(
            named, lambda name: bar.update(task, description=f"rewriting {name}")
        )
    rows = sum(count for tables in receipt.rows_erased.values() for count in tables.values())
    say(f"erased: {receipt.leads:,} leads, {rows:,} rows")
    for file in receipt.files_erased:
        say(f"deleted, to be made anew: {file}")
    if receipt.rows_left:
        say(
            f"{receipt.rows_left:,} rows of other leads have the same email, phone or person_id",
            "left:",
        )
    say(f"receipt: {receipt.file}")


@app.command()
def export(
    to: Annotated[str, typer.Option(help="hubspot, salesforce, webhook, csv or jsonl")],
    send: Annotated[
        bool, typer.Option("--send", help="else it is only said what would be")
    ] = False,
) -> None:
    """Write scores back to where leads are worked: what differs from what was sent."""
    from scripts.sales import export as exporting

    with terminal.progress() as bar:
        task = bar.add_task(f"sending to {to}" if send else "comparing", total=None)
        result = exporting.export(
            to, send, lambda done, total: bar.update(task, completed=done, total=total)
        )
    for line in exporting.lines(result):
        say(line)
    if not send:
        say(f"would be sent: {result.changes:,} (with --send): {result.where}")
        return
    say(f"sent: {result.accepted:,}, rejected: {result.rejected:,}: {result.where}")


@app.command()
def call_list(
    rep: Annotated[str | None, typer.Option(help="a rep's id; empty: all reps")] = None,
) -> None:
    """Write whom each rep may call next, with names and phones, as XLSX and CSV."""
    from scripts.sales import call_list as listing

    with terminal.status("looking up whom to call"):
        result = listing.call_lists(rep)
    for name, leads in result.leads.items():
        say(f"{name}: {leads:,} to call")
    say(f"call lists: {result.folder} ({len(result.leads):,}, clock {result.clock_date})")


@app.command()
def alerts(
    send: Annotated[bool, typer.Option("--send", help="to Slack, and never told again")] = False,
) -> None:
    """Tell of leads that became hot or were left alone, as JSON lines, each once a day."""
    from scripts.sales import alerts as alerting

    told = 0
    for alert in alerting.alerts(send):
        terminal.write_json(alert.to_json())
        told += 1
    hint = "" if send else " (with --send they are noted as told)"
    terminal.say_error(f"alerts: {told:,}{hint}")


@app.command()
def whatif(
    seeds: Annotated[Path | None, typer.Argument(help="folder of seeds to try")] = None,
    git_ref: Annotated[str | None, typer.Option(help="branch whose seeds to try")] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="for a pull request")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, with all leads that move")] = False,
) -> None:
    """Tell what other seeds would change: leads by band, quality, movers. Touches nothing live."""
    from scripts.scoring import whatif as trying
    from scripts.scoring.preview import MOVERS
    from scripts.shared.warehouse import without_pandas

    if as_markdown and as_json:
        raise UserError("--markdown or --json, not both")
    with terminal.status("scoring all leads with these seeds"), without_pandas():
        found = trying.whatif(seeds, git_ref, None if as_json else MOVERS)
    if as_json:
        terminal.write_json(found.to_json())
    elif as_markdown:
        terminal.write(trying.to_markdown(found))
    else:
        terminal.show(trying.render(found))


@app.command()
def studio(
    proposal: Annotated[
        Path | None, typer.Argument(help="folder of a proposal, to open and to save into")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free")] = 0,
) -> None:
    """Edit the points in a browser and see at once what that does; serves until it is stopped."""
    from scripts.scoring.studio import server

    def ready(address: str) -> None:
        say("stop it with Ctrl+C; open in a browser on this machine:")
        say(address)

    server.serve(port, proposal, ready)


@app.command()
def recommend(
    score_model: Annotated[str | None, typer.Argument(help="empty: the champion")] = None,
    day: Annotated[
        int | None, typer.Option(help="leads as scored at the end of this day (var quality_day)")
    ] = None,
    outcome: Annotated[str, typer.Option(help="opportunity or customer")] = "customer",
) -> None:
    """Propose points from what became of past leads; a person decides, the seeds stay."""
    from scripts.quality import recommend as recommending

    with terminal.status("fitting points"):
        result = recommending.recommend(score_model, day, outcome)
    terminal.show(recommending.render(result))
    for line in recommending.summary(result):
        say(line)
    say(f"proposal: {result.folder} (try it: LEADS_SEEDS={result.folder} make run)")


@app.command()
def propose(
    day: Annotated[
        int | None, typer.Option(help="as of the end of this day after creation (var quality_day)")
    ] = None,
    outcome: Annotated[str, typer.Option(help="opportunity or customer")] = "customer",
    rules: Annotated[int, typer.Option(min=1, help="how many rules at most")] = 30,
    keep: Annotated[
        Literal["locked", "written"] | None,
        typer.Option(help="rules of the champion that stay: those locked, or all a person wrote"),
    ] = None,
) -> None:
    """Propose a whole point table from what became of past leads, as seeds and a page."""
    from scripts.quality import propose as proposing

    with terminal.progress() as bar:
        task = bar.add_task("starting", total=None)
        result = proposing.propose(
            day, outcome, rules, keep=keep, step=lambda name: bar.update(task, description=name)
        )
    terminal.show(proposing.render(result))
    for line in proposing.summary(result):
        say(line)
    say(f"page: {result.folder / 'proposal.md'}")
    say(f"try it: LEADS_SEEDS={result.folder} make run")
    say(f"proposal: {result.folder}")


@app.command()
def train() -> None:
    """Train the predictor of who becomes a customer; the next build tells it of each lead."""
    from scripts.quality import train as training

    with terminal.status("training"):
        result = training.train()
    for name, measures in (
        ("predictor", result.measures),
        ("logistic regression on the same", result.linear),
        ("champion, on the days it was measured", result.champion),
    ):
        say(
            f"{name}: AUC {measures.auc:.3f} ({measures.auc_low:.3f} to {measures.auc_high:.3f}), "
            f"lift {measures.lift:.2f}, on {measures.leads:,} rows held out"
        )
    say(
        f"over the champion there: {result.over_champion.auc:+.3f} "
        f"({result.over_champion.low:+.3f} to {result.over_champion.high:+.3f})"
    )
    for feature in result.refused:
        say(f"{feature}, as if known only afterwards", "refused:")
    say(f"predictor: {result.file}; build again to have its predictions in the marts")


@app.command()
def promote(
    challenger: Annotated[str, typer.Argument(help="the model to put in the champion's place")],
    day: Annotated[
        int | None, typer.Option(help="leads as scored at the end of this day (var quality_day)")
    ] = None,
    outcome: Annotated[str, typer.Option(help="opportunity or customer")] = "customer",
    write: Annotated[
        bool, typer.Option("--write", help="make it the champion in the seed")
    ] = False,
) -> None:
    """Compare a challenger with the champion on leads held out, gate by gate."""
    from scripts.quality import promote as promoting

    result = promoting.promote(challenger, day, outcome, write=write)
    say(
        f"{result.challenger} against {result.champion}, {result.outcome} from day {result.day}, "
        f"on {result.after.leads:,} leads held out, of which {result.after.conversions:,} converted"
    )
    for gate in result.gates:
        mark, colour = ("passed", "green") if gate.is_passed else ("failed", "red")
        say(f"{gate.name}: {gate.numbers}", mark, colour)
    verdict = f"promote {challenger}" if result.is_passed else f"keep {result.champion}"
    say(f"verdict: {verdict}")
    if result.written:
        say(f"changed: {result.written}")


@app.command()
def review(
    score_model: Annotated[str | None, typer.Argument(help="empty: the champion")] = None,
) -> None:
    """Write the quarterly look at scores and points, in Markdown."""
    from scripts.quality import review as reviewing

    with terminal.status("looking back"):
        file = reviewing.review(score_model)
    say(f"review: {file}")


OwnData = Annotated[
    Path | None, typer.Argument(help="folder of own data; with no system either: the sample")
]
Systems = Annotated[str, typer.Option("--connect", help="connectors, such as hubspot,salesforce")]
Where = Annotated[str, typer.Option("--from", help="where their tables lie, as for connect")]


@app.command()
def run(folder: OwnData = None, systems: Systems = "", where: Where = "") -> None:
    """From files or systems to published marts and KPIs: connect or land, build, publish, kpis."""
    _run(folder, systems, where, daily=False)


@app.command()
def daily(folder: OwnData = None, systems: Systems = "", where: Where = "") -> None:
    """Run for a nightly job: scores, funnel and KPIs; the models are measured by `run` alone."""
    from scripts.run import evaluated_date

    _run(folder, systems, where, daily=True)
    say(f"models measured as of: {evaluated_date() or 'no day, for want of leads'}")


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="folder into which files come, named by entity")],
) -> None:
    """Land files as they come in, and renew published scores and queue at once; Ctrl-C ends it."""
    from scripts import watch as watching

    say(f"watching {folder}; Ctrl-C ends it")
    try:
        watching.watch(folder, say)
    except KeyboardInterrupt:
        say("watch ended; what is not published yet is at the next start or build")


def _run(folder: Path | None, systems: str, where: str, daily: bool) -> None:
    """Run with a bar that tells how far it is; then tell what came of it."""
    from scripts import run as running
    from scripts.kpis import kpis as reporting

    if bool(systems) != bool(where):
        raise UserError("--connect names systems and --from where they lie: name both, or none")
    with terminal.progress() as bar:
        task = bar.add_task("starting", total=None)
        result = running.run(
            folder,
            progress=lambda done, total, name: bar.update(
                task, completed=done, total=total, description=f"building {name}"
            ),
            step=lambda name: bar.update(task, description=name, completed=0, total=None),
            daily=daily,
            connection=running.Connection(_parts(systems), where) if systems else None,
        )
    for connected in result.connected:
        _print_connected(connected)
    if result.landed:
        _print_landed(result.landed)
    terminal.show(reporting.render(result.report))
    if result.unmapped_sources:
        say("each counts as a channel of its own, until seeds/mapping/channels.csv maps it")
    for source in result.unmapped_sources:
        say(source, "source without a channel:")
    if result.past_retention:
        say(
            f"{result.past_retention:,} people are past their country's days in the seed retention;"
            " to erase them: python -m scripts erase --past-retention"
        )
    _warn_of_seeds()
    if not daily:
        _print_standing()
    say(f"published marts: {result.published.file}")
    say(f"KPIs: {result.report.csv_file} and {result.report.json_file}")
    _refuse_failed(result.connected)


def _print_standing() -> None:
    """Which rules fire, what no rule uses, and the next command."""
    from scripts.quality import standing

    found = standing.standing()
    for line in standing.lines(found) if found else ():
        say(line)


@app.command()
def bench(
    events: Annotated[int, typer.Option(min=1000, help="how many events")] = 1_000_000,
    folder: Annotated[Path, typer.Option(help="where all of it goes; made anew")] = Path(
        "data/bench"
    ),
) -> None:
    """Measure the warehouse on made-up events, as ratios to one plain query over them."""
    from scripts.bench import bench as benching

    with terminal.progress() as bar:
        task = bar.add_task("starting", total=None)
        report = benching.bench(
            events, folder.absolute(), lambda name: bar.update(task, description=name)
        )
    terminal.show(benching.render(report))
    say(f"benchmark: {report.file}")


def _parts(text: str) -> tuple[str, ...]:
    """What is named in an option, one name or several with commas between."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _print_connected(result: ConnectedResult) -> None:
    """What came of a system: what its tables lack, and what was landed."""
    for fault in result.faults:
        say(fault.text, f"{fault.issue}:")
    if result.landed:
        _print_landed(result.landed)


def _refuse_failed(results: Sequence[ConnectedResult]) -> None:
    """Raises UserError where a query failed, once all else is done."""
    if failed := [text for result in results for text in result.failed]:
        raise UserError(f"{'; '.join(failed)}. All else was done.")


def _print_landed(result: LandResult) -> None:
    """The counts of a landing, and the first rows and cells that it rejected, not their values."""
    terminal.show(_landed(result))
    _print_rejects(result, "rejected_rows", result.total.rows_rejected, "set aside:")
    _print_rejects(result, "rejected_cells", result.total.cells_rejected, "left empty:")
    if result.total.rows_replaced:
        say(
            f"{result.total.rows_replaced:,} rows say otherwise than a later row of their file "
            "with the same key, which counts; if both are meant, mend the keys, or add spend and "
            "traffic up (--sum)",
            "replaced:",
        )
    for file, lines in result.framed:
        numbers = ", ".join(map(str, lines))
        say(f"{len(lines)} lines of a report's frame: {file} line {numbers}", "left out:")
    if result.total.rows_added:
        say(f"{result.total.rows_added:,} rows, to one of their file with the same key", "added:")
    for entity in result.entities:
        if entity.rows_deleted:
            say(f"{entity.rows_deleted:,} of {entity.entity}, which the folder lacks", "deleted:")
    for cause in result.kept:
        say(cause, "nothing deleted of")
    if result.total.rows_waiting:
        say(
            f"{result.total.rows_waiting:,} rows are dated after their landing; they are neither "
            "scored nor move the clock until it reaches them",
            "waiting:",
        )


def _print_rejects(result: LandResult, of: RejectTable, count: int, what: str) -> None:
    from scripts.landing.land import rejects

    for line in (lines := rejects(result.run_id, ROWS_SHOWN, of)):
        say(line, what)
    if count > len(lines):
        say(f"{count - len(lines):,} more, all in raw.{of}", what)


def _landed(result: LandResult) -> Table:
    table = Table(title="Landed", title_justify="left")
    table.add_column("entity", no_wrap=True)
    for name in ("files", "skipped", "rows", "new", "known", "rejected", "waiting", "cells"):
        table.add_column(name, justify="right")
    for row in (*result.entities, result.total):
        counts = (
            row.files_landed,
            row.files_skipped,
            row.rows_read,
            row.rows_landed,
            row.rows_duplicate,
            row.rows_rejected,
            row.rows_waiting,
            row.cells_rejected,
        )
        table.add_row(row.entity, *(f"{count:,}" for count in counts))
    return table


def main() -> NoReturn:
    """Run the command that was typed, and leave with 0, or with one sentence and another number.

    Bad input leaves with 2, a warehouse in use with 3, Ctrl-C with 130; a second Ctrl-C does not
    wait for anything.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.unraisablehook = lambda _: None  # what a stop interrupts in the interpreter's own cleaning
    signal.signal(signal.SIGINT, _stop)
    code, error = _outcome()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if error:
        terminal.say_error(f"error: {error}")
    sys.exit(code)


def _outcome() -> tuple[int | str | None, UserError | None]:
    """Run the command: the number that it leaves with, and what to say of it."""
    try:
        keep_private()
        app()
    except SystemExit as end:
        return end.code, faults.stopped() if end.code == faults.STOPPED else None
    except BaseException as fault:
        error = faults.told(fault)
        return error.exit_code, error
    return 0, None


def _stop(*_: object) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise KeyboardInterrupt
