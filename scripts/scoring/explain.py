"""Why a lead has its score, on any day: every reason, what decay took, and ways up a band."""
# ruff: noqa: S608 (names in SQL are those of tables)

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from duckdb import DuckDBPyConnection
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scripts.landing.contract import landed_id, read_contract
from scripts.scoring.champion import champion_at_clock
from scripts.scoring.rescore import LIVE, Rescoring, rescoring
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    ATTAINABLE_SCORES,
    CLOCK,
    CURRENT_SCORES,
    HISTORY_DUE,
    LEAD_ACCOUNTS,
    LEAD_IDENTITIES,
    LIVE_MODELS,
    OPPORTUNITIES,
    REGION_BANDS,
    RULES,
    SCORE_GROUPS,
)
from scripts.shared.text import points_text
from scripts.shared.warehouse import reading

MOST_EVENTS = 5
WAYS_SHOWN = 3
PLACES = Decimal("0.0001")

# Tables of raw that belong to a lead, and the column that says to which one.
OF_LEAD = ("leads", "lead_events", "payments", "lead_feedback")
OF_DEAL = ("opportunities", "opportunity_leads", "opportunity_stages")


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
class WayUp:
    """Events on the score date that would raise the score, and the score that they would give."""

    rule_id: str
    reason: str
    events: int
    score: Decimal
    reaches_next_band: bool


@dataclass(frozen=True)
class Explanation:
    """A lead's score on a day. The points of the reasons add up to the score exactly."""

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

    def to_json(self) -> str:
        """The explanation as JSON: decimals as numbers in text, dates in ISO 8601."""
        return json.dumps(asdict(self), default=str, indent=2, ensure_ascii=False)


@dataclass(frozen=True)
class _Scale:
    """How the sums of a model's groups become its score."""

    groups: dict[str, tuple[Decimal | None, Decimal | None, Decimal]]
    is_rescaled: bool
    min_score: Decimal | None
    max_score: Decimal | None
    low: Decimal | None
    high: Decimal | None

    def score(self, sums: dict[str, Decimal]) -> Decimal:
        raw = sum(
            (
                _rounded(_clamped(sums.get(name, Decimal(0)), least, most) * weight)
                for name, (least, most, weight) in self.groups.items()
            ),
            Decimal(0),
        )
        if not self.is_rescaled:
            return _clamped(raw, self.min_score, self.max_score)
        assert None not in (self.min_score, self.max_score, self.low, self.high)
        assert self.min_score is not None and self.max_score is not None
        assert self.low is not None and self.high is not None
        width = (self.max_score - self.min_score) / (self.high - self.low)
        return _rounded(self.min_score + (raw - self.low) * width)


def explain(lead_id: str, as_of: date | None = None) -> Explanation:
    """Explain the score that counts for a lead, at the clock or on the day `as_of`.

    A past day is scored anew by the same models, points and vars as the last build's, from the rows
    landed for the lead and its account. Raises UserError where the lead is unknown, was not scored
    on that day, or nothing is built yet.
    """
    with reading() as live:
        survivor = survivor_of(live, lead_id)
        clock = live.sql(f"select clock_date from {CLOCK}").fetchall()[0][0]
        if as_of is None or as_of == clock:
            return _explanation(live, survivor, lead_id)
        _refuse_unborn(live, survivor, lead_id, as_of)
    with rescoring() as past:
        _as_known(past, survivor, as_of)
        return _explanation(past.connection, survivor_of(past.connection, lead_id), lead_id)


def render(explanation: Explanation) -> RenderableType:
    """The explanation for a terminal: the reasons by group, then the score and ways up."""
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
    lines = [
        f"band {explanation.band} by {explanation.score_model} on {explanation.score_date}"
        + (f": {explanation.next_action}" if explanation.next_action else "")
    ]
    if explanation.not_callable_reason:
        lines.append(f"not to be called: {explanation.not_callable_reason}")
    if explanation.points_to_next_band is not None:
        # Rounded up: what is left to go is never nothing.
        missing = explanation.points_to_next_band.quantize(Decimal("0.1"), ROUND_CEILING)
        lines.append(
            f"{points_text(missing)} points to the band "
            f"{explanation.next_band}; what one kind of event today would do:"
        )
    for way in explanation.ways_up:
        verdict = f"reaches {explanation.next_band}" if way.reaches_next_band else "not enough"
        times = "once" if way.events == 1 else f"{way.events} times"
        lines.append(f"  {way.reason}, {times}: {points_text(way.score)} ({verdict})")
    return Group(table, *(Text(line) for line in lines))


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
    found = connection.execute(
        f"""select surviving_lead_id from {LEAD_IDENTITIES}
        where lead_id in ($1, $2) order by lead_id = $1 desc""",
        [lead_id, landed_id(lead_id)],
    ).fetchone()
    if found:
        return str(found[0])
    landed = connection.execute(
        f"""select min(created_at)::date, (select clock_date from {CLOCK})
        from raw.leads where lead_id in (?, ?) having count(*) > 0""",
        [lead_id, landed_id(lead_id)],
    ).fetchone()
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


def _as_known(past: Rescoring, survivor: str, day: date) -> None:
    """Scores a person and the leads of the same accounts as if the clock stood on that day."""
    past.connection.execute(
        f"""create temp table chosen as
        with accounts as (
            select distinct account_id from {LIVE}.{LEAD_ACCOUNTS}
            where lead_id = $lead_id
        )
        select identities.lead_id from {LIVE}.{LEAD_IDENTITIES} as identities
        where identities.surviving_lead_id = $lead_id or identities.surviving_lead_id in (
            select lead_id from {LIVE}.{LEAD_ACCOUNTS}
            where account_id in (from accounts)
        )""",
        {"lead_id": survivor},
    )
    _add_deals(past, survivor)
    tables = [f"raw.{name}" for name in read_contract()]
    for name, known, of_them in (
        ("lead_id", "chosen", OF_LEAD),
        ("opportunity_id", "deals", OF_DEAL),
    ):
        for table in of_them:
            past.replace(f"raw.{table}", f"from {LIVE}.raw.{table} where {name} in (from {known})")
    past.connection.execute("set variable as_of = $1", [day])
    clock = "select getvariable('as_of') as clock_date, getvariable('as_of') as facts_until_date"
    nothing_past = f"from {LIVE}.{HISTORY_DUE} limit 0"
    past.run(
        {"int_clock": clock, "int_history_due": nothing_past},
        tables,
        {"int_exchange_rates"},
        ("lead_score", "lead_score_factors"),
    )


def _add_deals(past: Rescoring, survivor: str) -> None:
    """Puts into `deals` what may be the person's, and into `chosen` who else has a part in them.

    A deal is of its account's first lead only where nobody else has a part.
    """
    past.connection.execute(
        f"""create temp table deals as
        with touched as (
            select opportunity_id from {LIVE}.raw.opportunities
            where lead_id in (from chosen) or account_id in (
                select account_id from {LIVE}.{LEAD_ACCOUNTS} where lead_id = $lead_id
            )
            union
            select opportunity_id from {LIVE}.raw.opportunity_leads where lead_id in (from chosen)
        )
        select opportunity_id from {LIVE}.{OPPORTUNITIES} where surviving_opportunity_id in (
            select surviving_opportunity_id from {LIVE}.{OPPORTUNITIES} semi join touched
                using (opportunity_id)
        )""",
        {"lead_id": survivor},
    )
    past.connection.execute(
        f"""insert into chosen
        with parts as (
            select lead_id from {LIVE}.raw.opportunities where opportunity_id in (from deals)
            union
            select lead_id from {LIVE}.raw.opportunity_leads where opportunity_id in (from deals)
        )
        select lead_id from {LIVE}.{LEAD_IDENTITIES} where surviving_lead_id in (
            select surviving_lead_id from {LIVE}.{LEAD_IDENTITIES} semi join parts using (lead_id)
        )"""
    )


def _explanation(connection: DuckDBPyConnection, survivor: str, asked: str) -> Explanation:
    chosen = connection.execute(
        f"""select s.score_model, s.score_date, s.score, s.band, s.next_action,
            s.not_callable_reason, c.lead_region
        from marts.lead_score as s
        inner join {CURRENT_SCORES} as c using (lead_id, score_model)
        where s.lead_id = ?""",
        [survivor],
    ).fetchone()
    if not chosen:
        cause = (
            "it is deleted, or objects to it"
            if champion_at_clock(connection)
            else "no champion is live"
        )
        raise UserError(f"lead {asked!r} is not scored on that day: {cause}")
    model, score_date, score, band, next_action, not_callable_reason, region = chosen
    reasons = _reasons(connection, survivor, model, region)
    scale = _scale(connection, model)
    sums: dict[str, Decimal] = {}
    undecayed: dict[str, Decimal] = {}
    for reason in reasons:
        if reason.rule_id not in ("group_limit", "group_weight", "score_scale"):
            group = reason.score_group
            sums[group] = sums.get(group, Decimal(0)) + reason.points
            undecayed[group] = undecayed.get(group, Decimal(0)) + reason.points_without_decay
    above = connection.execute(
        f"""select band, lower_bound from {REGION_BANDS}
        where score_model = ? and lead_region = ? and lower_bound > ?
        order by lower_bound limit 1""",
        [model, region, score],
    ).fetchone()
    next_band, bound = above if above and band != "disqualified" else (None, None)
    ways = () if bound is None else _ways_up(connection, survivor, chosen, bound, sums, scale)
    return Explanation(
        lead_id=survivor,
        score_model=model,
        score_date=score_date,
        score=score,
        band=band,
        next_action=next_action,
        not_callable_reason=not_callable_reason,
        reasons=tuple(reasons),
        score_without_decay=scale.score(undecayed),
        next_band=next_band,
        points_to_next_band=None if bound is None else bound - score,
        ways_up=tuple(ways),
    )


def _reasons(connection: DuckDBPyConnection, lead_id: str, model: str, region: str) -> list[Reason]:
    """The reasons, strongest first; without decay each event that counts is worth all points."""
    rows = connection.execute(
        f"""select
            f.score_group, f.rule_id, f.reason, f.points, f.occurrences, f.last_event_date,
            date_diff('day', f.last_event_date, s.score_date) as age_days,
            case r.decay
                when 'linear' then 'gone after ' || r.decay_days || ' d'
                when 'exponential' then 'half each ' || r.decay_days || ' d'
                when 'step' then (100 * r.decay_rate)::decimal(5, 1) || ' % each '
                    || r.decay_days || ' d'
            end as decay,
            r.points, r.min_points, r.max_points
        from marts.lead_score_factors as f
        inner join marts.lead_score_by_model as s using (lead_id, score_model)
        left join {RULES} as r
            on f.score_model = r.score_model and f.rule_id = r.rule_id and r.lead_region = $region
        where f.lead_id = $lead_id and f.score_model = $model
        order by f.points desc, f.rule_id, f.score_group""",
        {"lead_id": lead_id, "model": model, "region": region},
    ).fetchall()
    reasons = []
    for *columns, decay, each, least, most in rows:
        group, rule_id, words, points, times, last_date, age = columns
        full = points if decay is None else _clamped(_rounded(each * times), least, most)
        reasons.append(Reason(group, rule_id, words, points, times, last_date, age, decay, full))
    return reasons


def _scale(connection: DuckDBPyConnection, model: str) -> _Scale:
    groups = connection.execute(
        f"""select score_group, min_points, max_points, weight
        from {SCORE_GROUPS} where score_model = ?""",
        [model],
    ).fetchall()
    row = connection.execute(
        f"""select scale = 'rescale', min_score, max_score, low_score, high_score
        from {LIVE_MODELS}
        inner join {ATTAINABLE_SCORES} using (score_model) where score_model = ?""",
        [model],
    ).fetchone()
    assert row is not None
    return _Scale({name: (least, most, weight) for name, least, most, weight in groups}, *row)


def _ways_up(
    connection: DuckDBPyConnection,
    lead_id: str,
    chosen: Sequence[object],
    bound: Decimal,
    sums: dict[str, Decimal],
    scale: _Scale,
) -> list[WayUp]:
    """The events that, today and one kind alone, raise the score most for the fewest of them.

    Only room that a rule's limits leave is counted, not older events that new ones displace.
    """
    model, score_date, score, *_, region = chosen
    rules = connection.execute(
        f"""select r.rule_id, r.score_group, r.reason, r.points,
            r.max_events, r.max_per_day, r.min_points, r.max_points,
            coalesce(f.points, 0), coalesce(f.occurrences, 0),
            coalesce(f.last_event_date = $date, false)
        from {RULES} as r
        left join marts.lead_score_factors as f
            on f.lead_id = $lead_id and f.score_model = r.score_model and f.rule_id = r.rule_id
        where r.kind = 'event' and r.score_model = $model and r.lead_region = $region
            and r.points > 0
            and $date between r.valid_from_date and r.valid_to_date
        order by r.rule_id""",
        {"lead_id": lead_id, "model": model, "region": region, "date": score_date},
    ).fetchall()
    ways = []
    for rule_id, group, reason, each, most, daily, low, high, points, times, is_today in rules:
        room = min(
            MOST_EVENTS if most is None else most - times,
            MOST_EVENTS if daily is None else daily - (1 if is_today else 0),
            MOST_EVENTS,
        )
        for events in range(1, room + 1):
            raised = _clamped(points + each * events, low, high) - points
            reached = scale.score({**sums, group: sums.get(group, Decimal(0)) + raised})
            assert isinstance(score, Decimal)
            if reached >= bound or (events == room and reached > score):
                ways.append(WayUp(rule_id, reason, events, reached, reached >= bound))
                break
    ways.sort(key=lambda way: (not way.reaches_next_band, way.events, -way.score, way.rule_id))
    return ways[:WAYS_SHOWN]


def _clamped(number: Decimal, least: Decimal | None, most: Decimal | None) -> Decimal:
    number = number if least is None else max(number, least)
    return number if most is None else min(number, most)


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(PLACES, ROUND_HALF_UP)
