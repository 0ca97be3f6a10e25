"""Why a lead has its score, on any day and under any seeds: every reason, and ways up a band."""
# ruff: noqa: S608 (names in SQL are those of tables)

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scripts.landing.contract import landed_id
from scripts.scoring.champion import champion_at_clock
from scripts.scoring.one_lead import MADE_UP, MadeUpEvent, score_known, score_made_up
from scripts.scoring.rescore import Rescoring, rescoring
from scripts.scoring.ways_up import Alternatives, WayUp, alternatives
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.overlay import SEEDS
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    CLOCK,
    CURRENT_SCORES,
    DATA_END,
    LEAD_ATTRIBUTES,
    LEAD_IDENTITIES,
    LEAD_PROFILES,
    LIVE_MODELS,
    PERSON_EVENT_DAYS,
    REGION_BANDS,
    RULES,
)
from scripts.shared.text import points_text
from scripts.shared.warehouse import first_row, holds, reading

WAYS_SHOWN = 5
DISQUALIFIED = "disqualified"

# What is made anew for a lead that was landed, and for one that is made up: that sales must not
# call it is told of the first alone.
RESULTS = ("lead_score", "lead_score_factors")
RESULTS_MADE_UP = ("int_current_scores", "lead_score_factors")


@dataclass(frozen=True)
class Reason:
    """A row of lead_score_factors, with the age of its latest event and what decay took.

    `age_days` and `decay` are None where no event, or no decay, is behind the reason.
    """

    score_group: str
    rule_id: str
    reason: str
    points: Decimal
    occurrences: int | None
    last_event_date: date | None
    age_days: int | None
    decay: str | None
    points_without_decay: Decimal


@dataclass(frozen=True)
class Explanation:
    """A lead's score on a day. The points of the reasons add up to the score exactly.

    `next_band` is the one above, None in the highest and for a lead that is disqualified;
    `ways_up` are the changes that would raise the score, the smallest first of those that lift it
    to a higher band. `notes` are sentences on what a reader could get wrong.
    """

    lead_id: str
    score_model: str
    score_date: date
    score: Decimal
    band: str
    next_action: str | None
    not_callable_reason: str | None
    reasons: tuple[Reason, ...]
    score_without_decay: Decimal
    next_band: str | None
    points_to_next_band: Decimal | None
    ways_up: tuple[WayUp, ...]
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """The explanation as JSON: decimals as numbers in text, dates in ISO 8601."""
        return json.dumps(asdict(self), default=str, indent=2, ensure_ascii=False)


@dataclass(frozen=True)
class Beside:
    """A lead's score on a day under the seeds of the last build, and under others."""

    now: Explanation
    then: Explanation

    def to_json(self) -> str:
        """Both as JSON, as `Explanation.to_json` has them."""
        return json.dumps(asdict(self), default=str, indent=2, ensure_ascii=False)


def explain(
    lead_id: str,
    as_of: date | None = None,
    seeds: Path | None = None,
    score_model: str | None = None,
) -> Explanation:
    """Explain the score that counts for a lead, at the clock or on the day `as_of`.

    Other days and the seeds of a folder, which are laid over the project's, are scored anew by the
    SQL and vars of the last build, from the rows landed for the lead and its account.
    `score_model` names a live model whose score need not be the one that counts. Raises UserError
    where the lead is unknown, is not scored on that day, the seeds are faulty, or nothing is built.
    """
    with reading() as live:
        survivor = survivor_of(live, lead_id)
        clock = _clock(live)
        notes = _beyond_the_data(live, as_of)
        _refuse_objector(live, survivor, lead_id)
        if as_of is not None and as_of != clock:
            _refuse_unborn(live, survivor, lead_id, as_of)
    with rescoring() as scratch:
        changed = _lay(scratch, seeds)
        if changed or as_of not in (None, clock):
            day = None if as_of == clock else as_of
            score_known(scratch, survivor, day, changed, RESULTS)
            survivor = survivor_of(scratch.connection, lead_id)
        model = _model_asked_for(scratch.connection, survivor, lead_id, score_model)
        return _explanation(scratch, survivor, model, notes)


def explain_beside(
    lead_id: str, seeds: Path, as_of: date | None = None, score_model: str | None = None
) -> Beside:
    """Explain a lead's score under the seeds of the last build and under others, as `explain`."""
    return Beside(
        explain(lead_id, as_of, None, score_model), explain(lead_id, as_of, seeds, score_model)
    )


def explain_made_up(
    attributes: Mapping[str, str],
    events: Sequence[MadeUpEvent] = (),
    as_of: date | None = None,
    seeds: Path | None = None,
    score_model: str | None = None,
) -> Explanation:
    """Explain the score of a lead that nobody landed, as `explain` does of one that was.

    `attributes` are columns of the contract, as a file has them, own columns, and whatever else
    rules ask for. Without `score_model` it is the champion's score. Raises UserError for a name
    that nothing has and for a value that can't be read.
    """
    with reading() as live:
        day = as_of or _clock(live)
        notes = _beyond_the_data(live, as_of)
    with rescoring() as scratch:
        changed = _lay(scratch, seeds)
        score_made_up(scratch, attributes, events, day, changed, RESULTS_MADE_UP)
        _refuse_objector(scratch.connection, MADE_UP, MADE_UP)
        asked = score_model or champion_at_clock(scratch.connection)
        model = _model_asked_for(scratch.connection, MADE_UP, MADE_UP, asked)
        return _explanation(scratch, MADE_UP, model, notes)


def persona_rows(
    attributes: Mapping[str, str],
    events: Sequence[MadeUpEvent] = (),
    as_of: date | None = None,
    seeds: Path | None = None,
) -> list[dict[str, str]]:
    """A made-up lead as rows of `golden_leads`: what rules see of it, in columns of that table.

    An attribute or an event is a row, an event with its days before the score and its number on
    that day. What any engagement is follows from the others. Raises UserError as `explain_made_up`.
    """
    with reading() as live:
        day = as_of or _clock(live)
    with rescoring() as scratch:
        seen = ("int_lead_attributes", "int_person_event_days")
        score_made_up(scratch, attributes, events, day, _lay(scratch, seeds), seen)
        known = scratch.connection.execute(
            f"""select attribute, value from {LEAD_ATTRIBUTES}
            where lead_id = $made_up and value <> '' order by all""",
            {"made_up": MADE_UP},
        ).fetchall()
        did = scratch.connection.execute(
            f"""select
                event_key, date_diff('day', event_date, $day)::varchar, event_count::varchar
            from {PERSON_EVENT_DAYS}
            where lead_id = $made_up and event_key <> 'any_engagement' order by all""",
            {"made_up": MADE_UP, "day": day},
        ).fetchall()
    return [
        *({"attribute": name, "value": value} for name, value in known),
        *(dict(zip(("event_key", "days_before", "occurrences"), row, strict=True)) for row in did),
    ]


def render(found: Explanation | Beside) -> RenderableType:
    """The explanation for a terminal: the reasons by group, then the score and ways up."""
    return _both(found) if isinstance(found, Beside) else _one(found)


def _one(explanation: Explanation) -> RenderableType:
    table = Table(title=f"Lead {explanation.lead_id}", title_justify="left", show_footer=True)
    table.add_column("reason", footer="score")
    for name in ("times", "age"):
        table.add_column(name, justify="right")
    table.add_column("decay")
    table.add_column("points", justify="right", footer=points_text(explanation.score))
    table.add_column(
        "without decay", justify="right", footer=points_text(explanation.score_without_decay)
    )
    for group in sorted({reason.score_group for reason in explanation.reasons}, reverse=True):
        table.add_row(Text(group, "bold"))
        for reason in explanation.reasons:
            if reason.score_group == group:
                table.add_row(*_cells(reason))
    return Group(table, *(Text(line) for line in _lines(explanation)))


def _both(beside: Beside) -> RenderableType:
    """Each reason's points now and then, then what is new."""
    now, then = beside.now, beside.then
    table = Table(title=f"Lead {then.lead_id}", title_justify="left", show_footer=True)
    table.add_column("reason", footer="score")
    scores = (now.score, then.score, then.score - now.score)
    for name, score, sign in zip(("now", "then", "change"), scores, ("", "", "+"), strict=True):
        table.add_column(name, justify="right", footer=points_text(score, sign))
    for group, reason, was, will in reasons_beside(beside):
        change = (will or Decimal(0)) - (was or Decimal(0))
        points = ["" if each is None else points_text(each, "+") for each in (was, will)]
        table.add_row(f"{group}: {reason}", *points, points_text(change, "+") if change else "")
    lines = [f"now: {_lines(now)[0]}", f"then: {_lines(then)[0]}", *_lines(then)[1:]]
    return Group(table, *(Text(line) for line in lines))


def reasons_beside(
    beside: Beside,
) -> list[tuple[str, str, Decimal | None, Decimal | None]]:
    """Group, words, and points now and then of each reason of either, the groups of fit first.

    None where it is no reason.
    """
    now = {(reason.score_group, reason.rule_id): reason for reason in beside.now.reasons}
    then = {(reason.score_group, reason.rule_id): reason for reason in beside.then.reasons}
    return [
        (
            key[0],
            (then.get(key) or now[key]).reason,
            now[key].points if key in now else None,
            then[key].points if key in then else None,
        )
        for key in sorted({**then, **now}, key=lambda key: key[0], reverse=True)
    ]


def to_go(explanation: Explanation) -> str:
    """How far it is to the next band, in words; rounded up, as what is left is never nothing."""
    left = (explanation.points_to_next_band or Decimal(0)).quantize(Decimal("0.1"), ROUND_CEILING)
    unit = "point" if left == 1 else "points"
    return f"{points_text(left)} {unit} to the band {explanation.next_band}"


def way_text(way: WayUp) -> str:
    """A way up in words: what is to happen, and why it counts."""
    if way.attribute is None or way.value is None:
        return f"{way.reason}, {'once' if way.events == 1 else f'{way.events} times'}"
    return f"{way.attribute}: {way.value} instead of {way.value_now or 'unknown'} ({way.reason})"


def _lines(explanation: Explanation) -> list[str]:
    """What is said below the reasons."""
    lines = [
        f"band {explanation.band} by {explanation.score_model} on {explanation.score_date}"
        + (f": {explanation.next_action}" if explanation.next_action else "")
    ]
    lines += explanation.notes
    if explanation.not_callable_reason:
        lines.append(f"not to be called: {explanation.not_callable_reason}")
    if explanation.points_to_next_band is None:
        return lines
    if not explanation.ways_up:
        return [*lines, f"{to_go(explanation)}; no single change would raise the score"]
    lines.append(f"{to_go(explanation)}; what a single change on that day would do:")
    for way in explanation.ways_up[:WAYS_SHOWN]:
        verdict = f"reaches {way.band}" if way.reaches_next_band else "not enough"
        lines.append(f"  {way_text(way)}: {points_text(way.score)} ({verdict})")
    return lines


def _cells(reason: Reason) -> list[str]:
    undecayed = "" if reason.decay is None else points_text(reason.points_without_decay, "+")
    return [
        f"  {reason.reason}",
        "" if reason.occurrences is None else str(reason.occurrences),
        "" if reason.age_days is None else f"{reason.age_days} d",
        reason.decay or "",
        points_text(reason.points, "+"),
        undecayed,
    ]


def survivor_of(connection: DuckDBPyConnection, lead_id: str) -> str:
    """The lead as which a landed one is scored. Raises UserError where none was landed by then."""
    found = first_row(
        connection,
        f"""select surviving_lead_id from {LEAD_IDENTITIES}
        where lead_id in ($1, $2) order by lead_id = $1 desc""",
        [lead_id, landed_id(lead_id)],
    )
    if found:
        return str(found[0])
    landed = first_row(
        connection,
        f"""select min(created_at)::date, (select clock_date from {CLOCK})
        from raw.leads where lead_id in (?, ?) having count(*) > 0""",
        [lead_id, landed_id(lead_id)],
    )
    if landed:
        raise UserError(f"lead {lead_id!r} came in on {landed[0]}, after {landed[1]}")
    raise UserError(f"no lead {lead_id!r} was landed")


def _refuse_unborn(connection: DuckDBPyConnection, survivor: str, lead_id: str, day: date) -> None:
    """Raises UserError, before anything is built, where none of the person's leads was there."""
    ((first,),) = connection.execute(
        f"""select min(created_at)::date from raw.leads where lead_id in (
            select lead_id from {LEAD_IDENTITIES} where surviving_lead_id = ?
        )""",
        [survivor],
    ).fetchall()
    if day < first:
        raise UserError(f"lead {lead_id!r} came in on {first}, after {day}")


def _clock(connection: DuckDBPyConnection) -> date:
    ((clock,),) = connection.sql(f"select clock_date from {CLOCK}").fetchall()
    if not isinstance(clock, date):
        raise UserError("no lead is landed, so there is no day to score on")
    return clock


def _beyond_the_data(connection: DuckDBPyConnection, day: date | None) -> tuple[str, ...]:
    """A sentence where a day lies beyond the data that the last build knew."""
    if day is None or not holds(connection, DATA_END):  # a build of a part may lack it
        return ()
    ((end,),) = connection.sql(f"select last_date from {DATA_END}").fetchall()
    if end is None or day <= end:
        return ()
    return (
        f"{day} is beyond the end of the data, {end}: scored as if nothing happened after what is "
        "landed",
    )


def _refuse_objector(connection: DuckDBPyConnection, survivor: str, lead_id: str) -> None:
    """Raises UserError for who objected to being scored, which holds for all days."""
    objected = first_row(
        connection,
        f"select 1 from {LEAD_PROFILES} where lead_id = ? and is_current and has_objected",
        [survivor],
    )
    if objected:
        raise UserError(f"lead {lead_id!r} objected to being scored: it has no score on any day")


def _model_asked_for(
    connection: DuckDBPyConnection, survivor: str, lead_id: str, score_model: str | None
) -> str:
    """The model whose score is meant, by default the one whose score counts for the lead.

    Raises UserError where the lead has no such score on the day, and says why.
    """
    if score_model:
        _refuse_other_model(connection, score_model)
    found = connection.execute(
        f"""select scores.score_model, counting.score_model as model_that_counts
        from {CURRENT_SCORES} as scores
        left join marts.lead_score as counting using (lead_id, score_model)
        where scores.lead_id = ?""",
        [survivor],
    ).fetchall()
    for model, counts in found:
        if score_model == model or (counts and not score_model):
            return str(model)
    if found or champion_at_clock(connection) is None:
        which = score_model or "no champion"
        cause = f"{which} is {'not ' if score_model else ''}live on {_clock(connection)}"
    else:
        cause = "it was deleted before the end of the day it came in"
    raise UserError(f"lead {lead_id!r} has no score: {cause}")


def _refuse_other_model(connection: DuckDBPyConnection, score_model: str) -> None:
    live = connection.sql(f"select score_model from {LIVE_MODELS} order by all").fetchall()
    if (score_model,) not in live:
        names = ", ".join(name for (name,) in live)
        raise UserError(f"no scoring model {score_model!r} is live; there is {names}")


def _lay(scratch: Rescoring, seeds: Path | None) -> tuple[str, ...]:
    """The names of the seeds that differ from the live ones, which then are in their place."""
    if seeds is None:
        return ()
    if not seeds.is_dir():
        raise UserError(f"{seeds} is no folder of seeds")
    check_seeds(SEEDS, seeds).raise_for_errors()
    return scratch.lay_seeds(seeds)


def _explanation(
    scratch: Rescoring, lead_id: str, model: str, notes: tuple[str, ...]
) -> Explanation:
    connection = scratch.connection
    ((score_date, score, band, next_action, region),) = connection.execute(
        f"""select score_date, score, band, next_action, lead_region
        from {CURRENT_SCORES} where lead_id = ? and score_model = ?""",
        [lead_id, model],
    ).fetchall()
    not_callable = first_row(
        connection, "select not_callable_reason from marts.lead_score where lead_id = ?", [lead_id]
    )
    above = first_row(
        connection,
        f"""select band, lower_bound from {REGION_BANDS}
        where score_model = ? and lead_region = ? and lower_bound > ?
        order by lower_bound limit 1""",
        [model, region, score],
    )
    day = _clock(connection)
    is_deleted = score_date < day
    if is_deleted:
        notes = (*notes, f"deleted since: {score_date} is its last day")
    next_band, bound = (None, None) if is_deleted or band == DISQUALIFIED or not above else above
    rows = _reason_rows(connection, lead_id, model, region)
    if band == DISQUALIFIED:
        causes = " and ".join(row[2] for row in rows if row[-1] == "disqualify")
        notes = (*notes, f"disqualified whatever its score: {causes}")
    might_be = alternatives(scratch, lead_id, model, score_date)
    return Explanation(
        lead_id=lead_id,
        score_model=model,
        score_date=score_date,
        score=score,
        band=band,
        next_action=next_action,
        not_callable_reason=not_callable[0] if not_callable else None,
        reasons=tuple(_reason(row, might_be) for row in rows),
        score_without_decay=might_be.undecayed_score,
        next_band=next_band,
        points_to_next_band=None if bound is None else bound - score,
        ways_up=might_be.ways_up if next_band else (),
        notes=notes,
    )


def _reason_rows(
    connection: DuckDBPyConnection, lead_id: str, model: str, region: str
) -> list[tuple[Any, ...]]:
    """The columns of the reasons, strongest first, then the effect of the rule."""
    return connection.execute(
        f"""select
            f.score_group, f.rule_id, f.reason, f.points, f.occurrences, f.last_event_date,
            date_diff('day', f.last_event_date, s.score_date) as age_days,
            case r.decay
                when 'linear' then 'gone after ' || r.decay_days || ' d'
                when 'exponential' then 'half each ' || r.decay_days || ' d'
                when 'step' then (100 * r.decay_rate)::decimal(5, 1) || ' % each '
                    || r.decay_days || ' d'
            end as decay,
            r.effect
        from marts.lead_score_factors as f
        inner join {CURRENT_SCORES} as s using (lead_id, score_model)
        left join {RULES} as r
            on f.score_model = r.score_model and f.rule_id = r.rule_id and r.lead_region = $region
        where f.lead_id = $lead_id and f.score_model = $model
        order by f.points desc, f.rule_id, f.score_group""",
        {"lead_id": lead_id, "model": model, "region": region},
    ).fetchall()


def _reason(row: tuple[Any, ...], might_be: Alternatives) -> Reason:
    """Without decay each event that counts is worth all points."""
    group, rule_id, words, points, times, last_date, age, decay, _ = row
    undecayed = points if decay is None else might_be.undecayed_points[rule_id]
    return Reason(group, rule_id, words, points, times, last_date, age, decay, undecayed)
