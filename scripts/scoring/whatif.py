"""What other seeds would change: scored anew in a scratch file beside the live warehouse.

The SQL that dbt compiled for the last build runs again for the models that the changed seeds reach;
all others are read from the live file. The history of scores is left alone, so each lead is scored
at the clock, and a sample of them on the day after creation on which the quality is measured.
"""
# ruff: noqa: S608 (names in SQL come from dbt's manifest and are quoted)

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scripts.scoring.champion import champion_at_clock
from scripts.scoring.rescore import LIVE, Rescoring, rescoring
from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.landed import warnings_for_landed
from scripts.seeds.overlay import SEEDS, have_same_rows, load_seed
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    CLOCK,
    CURRENT_SCORES,
    EVALUATION_DATES,
    LEAD_PROFILES,
    LIVE_MODELS,
)
from scripts.shared.settings import quality_day
from scripts.shared.temporary import temporary_folder
from scripts.shared.text import points_text
from scripts.shared.warehouse import (
    built_file,
)

MOVERS = 10
REASONS = 3

# The quality is that of the score of this day, as in the lead quality score, of a sample.
SCORED_DAY = quality_day()
MOST_EVALUATED = 100_000

# What is looked at. Only the last of them, read for a few leads, is not worth a table.
RESULTS = ("lead_score", "golden_lead_factors", "score_quality", "threshold_curve")
REASONS_OF = "lead_score_factors"

# What is not computed anew: the days on which scores could rise, and words for all leads.
LEFT_OUT = ("int_history_dates__events", "int_history_dates__leads", "int_top_reasons")
# The history stays as it was, and with it the days on which bands were reached, and the lifecycle.
AS_IT_WAS = {"int_score_milestones", "int_lead_milestones"}
# What was measured of the live scores is kept from build to build.
MEASURED = {"int_days_to_score", "int_scored_days"}

EVALUATED = "int_evaluation_dates"
EVALUATED_SAMPLE = f"""
from {LIVE}.{EVALUATION_DATES}
where scored_day = {SCORED_DAY}
qualify ('0x' || substr(md5('what-if ' || lead_id), 1, 7))::bigint % 10000
    * count(*) over () < 10000 * {MOST_EVALUATED}
"""

# The live marts tell the quality now, where they are of the clock and not of a sample.
IS_MEASURED = f"""
select
    (select count(*) from {LIVE}.{EVALUATION_DATES} where scored_day = {SCORED_DAY}) <= $most
    and (select min(evaluated_date) from marts.score_quality)
    is not distinct from (select clock_date from {LIVE}.{CLOCK})
"""

# A build scores past days of leads that are due; here the measured ones of all leads are.
DUE = "int_history_due"
ALL_LEADS = f"""
select lead_id, score_model, '' as inputs_hash, date '1900-01-01' as history_from_date
from (select distinct lead_id from {LEAD_PROFILES})
cross join {LIVE_MODELS}
"""


@dataclass(frozen=True)
class Quality:
    """How well a champion's score tells customers from others, and how many it hands to sales.

    Measured at the end of the quality day after creation, over leads that had the time since. `auc`
    lies between `auc_low` and `auc_high` with 95 %; `lift` is that of the top tenth; `precision`
    the share of leads at or above the cut-off that became customers; None where it can't be told.
    """

    score_model: str
    leads: int
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    lift: float | None
    cutoff: Decimal | None
    precision: float | None
    handed_over_per_week: float | None


@dataclass(frozen=True)
class Change:
    """A reason whose points differ; None where the rule did not fire."""

    reason: str
    points_now: Decimal | None
    points_then: Decimal | None


@dataclass(frozen=True)
class Mover:
    """A lead whose score would change, with the reasons that change most."""

    lead_id: str
    score_now: Decimal | None
    score_then: Decimal | None
    band_now: str | None
    band_then: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class WhatIf:
    """What a proposal would change against the live warehouse ("now").

    `bands` counts leads by band now and then, those that stay included; `ready_now` and
    `ready_then` count callable leads in a band that is handed to sales; `broken_personas` are
    golden leads that would not land in their band; `seed_warnings` is what is likely not meant.
    """

    changed_seeds: tuple[str, ...]
    leads: int
    moved: int
    bands: tuple[tuple[str | None, str | None, int], ...]
    ready_now: int
    ready_then: int
    movers: tuple[Mover, ...]
    quality_now: Quality | None
    quality_then: Quality | None
    broken_personas: tuple[str, ...]
    seed_warnings: tuple[str, ...] = ()

    def to_json(self) -> str:
        """All of it as JSON: decimals as numbers in text."""
        return json.dumps(asdict(self), default=str, indent=2, ensure_ascii=False)


def whatif(seeds_folder: Path | None = None, git_ref: str | None = None) -> WhatIf:
    """Compare the scores that other seeds would give with those of the live warehouse.

    The seeds are the project's, with the CSV files of `seeds_folder`, or of `seeds/` at `git_ref`,
    in place of those of the same name. Nothing live is written. Raises UserError where the seeds
    are faulty, or nothing is built that they could be compared with.
    """
    with _proposal(seeds_folder, git_ref) as proposal:
        report = check_seeds(SEEDS, proposal)
        report.raise_for_errors()
        with rescoring() as scratch:
            try:
                found = _compared(scratch, proposal)
            except (duckdb.BinderException, duckdb.CatalogException) as error:
                cause = str(error).splitlines()[0]
                raise UserError(
                    f"{paths.target_folder()} is not what the build of {built_file()} left "
                    f"({cause}); build it again: make run"
                ) from error
        warnings = warnings_for_landed(report, SEEDS, proposal)
        return replace(found, seed_warnings=tuple(map(str, warnings)))


def _compared(scratch: Rescoring, proposal: Path) -> WhatIf:
    scratch.refuse_missing(RESULTS)
    sample = {EVALUATED: EVALUATED_SAMPLE}
    ((is_measured,),) = scratch.connection.execute(IS_MEASURED, {"most": MOST_EVALUATED}).fetchall()
    if not is_measured:
        scratch.run(sample, (), MEASURED | AS_IT_WAS, RESULTS[2:])
    quality_now = _quality(scratch.connection)
    changed = _load_seeds(scratch, proposal)
    empty = {name: f"from {LIVE}.{scratch.nodes[name].relation} limit 0" for name in LEFT_OUT}
    others = {**sample, **empty, DUE: ALL_LEADS}
    scratch.run(others, changed, AS_IT_WAS, (*RESULTS, REASONS_OF), {REASONS_OF})
    return _compare(scratch.connection, changed, quality_now)


def render(found: WhatIf) -> RenderableType:
    """The comparison for a terminal."""
    parts: list[RenderableType] = [Text(_summary(found))]
    for title, head, rows in _tables(found):
        table = Table(title=title, title_justify="left")
        for number, name in enumerate(head):
            table.add_column(name, justify="left" if number == 0 or name == "why" else "right")
        for row in rows:
            table.add_row(*row)
        parts.append(table)
    return Group(*parts, *(Text(line) for line in _warnings(found)))


def to_markdown(found: WhatIf) -> str:
    """The comparison as Markdown, for a pull request; no lead is named but by its id."""
    lines = ["### What these seeds would change", "", _summary(found)]
    for title, head, rows in _tables(found):
        lines += ["", f"**{title}**", "", _line(head)]
        lines.append(_line(["---", *("---" if name == "why" else "--:" for name in head[1:])]))
        lines += [_line(row) for row in rows]
    return "\n".join([*lines, *(f"\n> {line}" for line in _warnings(found)), ""])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _summary(found: WhatIf) -> str:
    if not found.changed_seeds:
        return "These seeds are those of the live warehouse: nothing changes."
    return (
        f"Changed: {', '.join(found.changed_seeds)}. "
        f"{found.moved:,} of {found.leads:,} leads move; {found.ready_then:,} leads that may be "
        f"called are in a band that is handed to sales, {found.ready_then - found.ready_now:+,}."
    )


def _warnings(found: WhatIf) -> list[str]:
    lines = [f"golden lead {persona}: the build would fail" for persona in found.broken_personas]
    if not found.quality_now or not found.quality_then:
        lines.append("quality: no lead is old enough to tell")
    return [*lines, *(f"warning: {warning}" for warning in found.seed_warnings)]


def _tables(found: WhatIf) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Title, header and rows of each table that has any."""
    if found.moved:
        yield "Leads by band, now and then", *_band_table(found)
    if found.quality_now and found.quality_then:
        title = f"Quality at day {SCORED_DAY}, {found.quality_then.leads:,} leads"
        yield title, *_quality_table(found.quality_now, found.quality_then)
    if found.movers:
        head = ["lead", "score", "band", "why"]
        yield "Biggest movers", head, [_mover_cells(mover) for mover in found.movers]


def _band_table(found: WhatIf) -> tuple[list[str], list[list[str]]]:
    """Rows are the bands now, columns those then."""
    now = list(dict.fromkeys(band for band, _, _ in found.bands))
    then = list(dict.fromkeys([*now, *(band for _, band, _ in found.bands)]))
    counts = {(was, will): leads for was, will, leads in found.bands}
    rows = [[was or "none", *(f"{counts.get((was, will), 0):,}" for will in then)] for was in now]
    return ["now \\ then", *(band or "none" for band in then)], rows


def _quality_table(now: Quality, then: Quality) -> tuple[list[str], list[list[str]]]:
    rows = [
        ["scoring model", now.score_model, then.score_model, ""],
        ["AUC", *_pair(now.auc, then.auc, ".3f")],
        ["its 95 % interval", _interval(now), _interval(then), ""],
        ["lift of the top tenth", *_pair(now.lift, then.lift, ".2f")],
        ["cut-off", *_pair(now.cutoff, then.cutoff, ".0f")],
        ["precision there", *_pair(now.precision, then.precision, ".1%")],
        [
            "leads handed to sales a week",
            *_pair(now.handed_over_per_week, then.handed_over_per_week, ".1f"),
        ],
    ]
    return ["", "now", "then", "change"], rows


def _pair(now: float | Decimal | None, then: float | Decimal | None, form: str) -> list[str]:
    change = "" if now is None or then is None else format(float(then) - float(now), "+" + form)
    return [*("–" if number is None else format(number, form) for number in (now, then)), change]


def _interval(quality: Quality) -> str:
    if quality.auc_low is None or quality.auc_high is None:
        return "–"
    return f"{quality.auc_low:.3f} to {quality.auc_high:.3f}"


def _mover_cells(mover: Mover) -> list[str]:
    why = ", ".join(
        f"{change.reason} {_points(change.points_now)} → {_points(change.points_then)}"
        for change in mover.changes
    )
    bands = dict.fromkeys(band or "none" for band in (mover.band_now, mover.band_then))
    scores = f"{_points(mover.score_now)} → {_points(mover.score_then)}"
    return [mover.lead_id, scores, " → ".join(bands), why]


def _points(points: Decimal | None) -> str:
    return "–" if points is None else points_text(points)


@contextmanager
def _proposal(folder: Path | None, git_ref: str | None) -> Iterator[Path]:
    """The folder of the proposed seeds; those of a git ref lie in a temporary one."""
    if (folder is None) == (git_ref is None):
        raise UserError("name a folder of seeds, or a branch with --git-ref, and not both")
    if folder is not None:
        if not folder.is_dir():
            raise UserError(f"{folder} is no folder of seeds")
        yield folder
        return
    assert git_ref is not None
    git = ["git", "-C", str(paths.PROJECT), "archive", "--format=tar", "--end-of-options"]
    done = subprocess.run([*git, git_ref, "seeds"], capture_output=True, check=False)
    if done.returncode:
        cause = done.stderr.decode(errors="replace").strip().splitlines()
        raise UserError(f"git has no seeds at {git_ref}: {cause[0] if cause else 'unknown'}")
    with temporary_folder() as unpacked:
        try:
            with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
                archive.extractall(unpacked, filter="data")
        except tarfile.FilterError as error:
            name = error.tarinfo.name
            raise UserError(
                f"{name} at {git_ref} is a link that leads out of the seeds; put the file there"
            ) from error
        if not (unpacked / "seeds").is_dir():
            raise UserError(f"seeds at {git_ref} is no folder")
        yield unpacked / "seeds"


def _load_seeds(scratch: Rescoring, proposal: Path) -> tuple[str, ...]:
    """Puts the proposed seeds in place of the live ones, and names those whose rows differ."""
    changed = []
    for name, file in seed_files(SEEDS, proposal).items():
        if name not in scratch.nodes:  # younger than the last build, of which no model reads it
            continue
        relation = scratch.nodes[name].relation
        scratch.replace(name, f"from {load_seed(scratch.connection, file)}")
        if not have_same_rows(scratch.connection, relation, f"{LIVE}.{relation}"):
            changed.append(name)
    return tuple(changed)


def _quality(scratch: DuckDBPyConnection) -> Quality | None:
    """The quality of the champion at the clock."""
    found = scratch.execute(
        f"""select
            q.score_model, q.leads, q.auc, q.auc_low, q.auc_high, q.top_decile_lift,
            t.cutoff, t.precision_rate, t.leads_per_week * (
                select count(*) from {LIVE}.{EVALUATION_DATES} where scored_day = $day
            ) / (select count(*) from {EVALUATION_DATES} where scored_day = $day)
        from marts.score_quality as q
        left join marts.threshold_curve as t
            on t.score_model = q.score_model and t.scored_day = q.scored_day
            and t.outcome = q.outcome and t.region = '(all)' and t.is_todays_cutoff
        where q.score_model = $champion and q.scored_day = $day
            and q.outcome = 'customer' and q.slice = 'overall'""",
        {"champion": champion_at_clock(scratch), "day": SCORED_DAY},
    ).fetchone()
    return Quality(*found) if found else None


def _compare(
    scratch: DuckDBPyConnection, changed: tuple[str, ...], quality_now: Quality | None
) -> WhatIf:
    scratch.execute(
        """create temp table compared as
        select
            lead_id, was.score as score_now, will.score as score_then,
            was.band as band_now, will.band as band_then,
            was.score_model as model_now, will.score_model as model_then,
            coalesce(was.is_callable, false) as is_callable_now,
            coalesce(will.is_callable, false) as is_callable_then,
            was.band_order as order_now, will.band_order as order_then
        from _live.marts.lead_score as was full join marts.lead_score as will using (lead_id)"""
    )
    leads, moved = _one(
        scratch,
        """select count(*), count(*) filter (
            (score_now, band_now) is distinct from (score_then, band_then)
        ) from compared""",
    )
    bands = scratch.sql(
        """select band_now, band_then, count(*) from compared
        group by all order by max(order_now), band_now, max(order_then), band_then"""
    ).fetchall()
    ready = _one(
        scratch,
        f"""select
            count(*) filter (is_callable_now and was.is_mql),
            count(*) filter (is_callable_then and will.is_mql)
        from compared
        left join {LIVE}.{CURRENT_SCORES} as was
            on compared.lead_id = was.lead_id and compared.model_now = was.score_model
        left join {CURRENT_SCORES} as will
            on compared.lead_id = will.lead_id and compared.model_then = will.score_model""",
    )
    personas = scratch.sql(
        """select distinct persona || ' lands in ' || coalesce(band, 'no band') || ', not in '
            || expected_band
        from marts.golden_lead_factors where band is distinct from expected_band order by 1"""
    ).fetchall()
    return WhatIf(
        changed_seeds=changed,
        leads=leads,
        moved=moved,
        bands=tuple(bands),
        ready_now=ready[0],
        ready_then=ready[1],
        movers=tuple(_movers(scratch)),
        quality_now=quality_now,
        quality_then=_quality(scratch),
        broken_personas=tuple(name for (name,) in personas),
    )


def _movers(scratch: DuckDBPyConnection) -> Iterator[Mover]:
    """The leads whose scores change most, those that may be called first, and why."""
    order = """abs(coalesce(score_then, 0) - coalesce(score_now, 0)) desc,
        is_callable_then desc, score_then desc nulls last, lead_id"""
    scratch.execute(
        f"""create temp table movers as
        select * from compared
        where (score_now, band_now) is distinct from (score_then, band_then)
        order by {order}
        limit {MOVERS}"""
    )
    changes: dict[str, list[Change]] = {}
    for lead_id, *change in scratch.execute(
        f"""with was as (
            select f.* from _live.marts.lead_score_factors as f
            inner join movers as m on f.lead_id = m.lead_id and f.score_model = m.model_now
        ), will as (
            select f.* from marts.lead_score_factors as f
            inner join movers as m on f.lead_id = m.lead_id and f.score_model = m.model_then
        )
        select lead_id, coalesce(will.reason, was.reason) as reason, was.points, will.points
        from was full join will using (lead_id, score_group, rule_id)
        where was.points is distinct from will.points
        qualify row_number() over (
            partition by lead_id
            order by abs(coalesce(will.points, 0) - coalesce(was.points, 0)) desc, rule_id
        ) <= {REASONS}
        order by
            lead_id, abs(coalesce(will.points, 0) - coalesce(was.points, 0)) desc, rule_id"""
    ).fetchall():
        changes.setdefault(lead_id, []).append(Change(*change))
    for lead_id, score_now, score_then, band_now, band_then in scratch.execute(
        f"""select lead_id, score_now, score_then, band_now, band_then from movers
        order by {order}"""
    ).fetchall():
        why = tuple(changes.get(lead_id, ()))
        yield Mover(lead_id, score_now, score_then, band_now, band_then, why)


def _one(
    connection: DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...]:
    row = connection.execute(sql, parameters).fetchone()
    assert row
    return row
