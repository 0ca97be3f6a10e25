"""What one change would do to a lead's score: each is scored as a lead of its own.

The changed copies of the lead go through the same models as the lead does, so whatever follows from
a change is in its score: limits of rules and groups, decay, the end of a silence, segments.
"""
# ruff: noqa: S608 (names in SQL are those of tables)

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scripts.scoring.one_lead import EXAMPLE_EVENTS
from scripts.scoring.rescore import HISTORY_DATES, Rescoring
from scripts.shared.interface import (
    ALL_EVENT_DAYS,
    CURRENT_SCORES,
    EVENT_CLASSES,
    EVENT_KEYS,
    EVENT_MEASURES,
    FACTORS,
    LEAD_ATTRIBUTES,
    POINTS,
    RULES,
    SCORES,
)

MOST_EVENTS = 5

# What is settled once a lead came in, or follows from its days, is no way up: nobody can change it.
SETTLED = (
    *("lead_source", "channel", "campaign", "landing_page", "created_at", "tenure_days"),
    *("first_event_key", "person_id", "account_id", "owner_id", "time_zone", "language"),
)
# What a person may change though it is known. All else can be learnt where it is not known.
CHANGEABLE = (
    *("email", "email_domain", "email_domain_kind", "is_role_mailbox", "phone", "consent_status"),
    *("job_title", "title_role", "seniority", "department", "department_group"),
    *("budget", "employee_count", "employee_band", "annual_revenue"),
    *("account.employee_count", "account.annual_revenue"),
)

# Other days than the score's are not scored, and what the CRM knows is no event that was landed.
_LEFT_OUT = ("int_history_due", "int_evaluation_dates", *HISTORY_DATES)
_CRM_EVENTS = "int_crm_events"
# Where decay does not count.
_NO_EVENTS = (*_LEFT_OUT, "int_factors__attributes", "int_factors__inactivity", "int_days_to_score")

# A bound without the zeros that end its decimals.
_FIGURES = """
create or replace temp macro figures(x) as
    rtrim(rtrim(x::decimal(38, 12)::varchar, '0'), '.')
"""

# The changes, one a row, with the id of the copy of the lead that has it. Of `in` the first value
# stands for all: they are worth the same.
_CHANGES = f"""
create temp table changes as
with rewarding as (
    select rules.*, points.attribute, points.operator, points.value, points.lower, points.upper
    from {RULES} as rules
    inner join {POINTS} as points
        on rules.score_model = points.score_model and rules.rule_id = points.rule_id
        and rules.rule_region = coalesce(points.region, '')
    where rules.score_model = $model and rules.lead_region = $region
        and rules.points > 0 and rules.effect = 'points'
        and $day between rules.valid_from_date and rules.valid_to_date
), rewarded_events as (
    select event_key, rule_id, reason, points from rewarding where kind = 'event'
    union all
    select measures.event_key, rewarding.rule_id, rewarding.reason, 0 as points
    from rewarding inner join {EVENT_MEASURES} as measures
        on rewarding.attribute = measures.measure
), known as (
    select attribute, value from {LEAD_ATTRIBUTES}
    where lead_id = $lead_id and $day >= valid_from_date and $day < valid_until_date
), found as (
    select
        max_by(rule_id, (points, rule_id)) as rule_id,
        max_by(reason, (points, rule_id)) as reason,
        event_key, events, null as attribute, null as value, null as value_now
    from rewarded_events cross join range(1, {MOST_EVENTS + 1}) as numbers(events)
    group by event_key, events
    union all
    select
        rewarding.rule_id, rewarding.reason, null, null, attribute,
        case rewarding.operator
            when 'in' then trim(split_part(rewarding.value, '|', 1))
            when 'at_least' then figures(rewarding.lower)
            when 'at_most' then figures(rewarding.upper)
            when 'between' then figures(coalesce(rewarding.lower, rewarding.upper))
            when 'is_set' then 'known'
            else rewarding.value
        end,
        known.value
    from rewarding inner join known using (attribute)
    where rewarding.operator <> 'is_missing' and not list_contains($settled, attribute)
        and (known.value = '' or list_contains($changeable, attribute))
)
select *, format('way up {{}}', row_number() over (
    order by event_key, events, attribute, rule_id
)) as lead_id
from found
"""

# An event of each key, and of the keys that follow another those that would come true.
_EXAMPLES = f"""
create temp table examples as
select
    keys.event_key, coalesce(example.event_type, keys.event_key) as event_type, example.page_url,
    example.properties::varchar as properties, example.duration_seconds
from (select distinct event_key from changes where event_key is not null) as keys
left join ({EXAMPLE_EVENTS}) as example using (event_key)
"""
_NEW_EVENTS = """
select
    event_key as lead_id, null::date as event_date, 0 as landing_seq, event_type,
    null::timestamp as occurred_at, null::varchar as campaign, duration_seconds,
    page_url as asked_page_url, properties as asked_properties,
    duration_seconds as asked_duration_seconds
from temp.examples
"""
_COMING_TRUE = f"""
create temp table coming_true as
select distinct event_key from {EVENT_KEYS} as sequences
where exists (
    select 1 from {ALL_EVENT_DAYS} as days
    where days.lead_id = $lead_id and days.event_date <= $day
        and days.event_key = sequences.follows_event_key
        and coalesce($day - days.event_date <= sequences.within_days, true)
)
"""
_COUNTED = f"""
create temp table counted as
select distinct
    examples.event_key as of_event_key, classes.event_key, examples.duration_seconds
from examples
inner join {EVENT_CLASSES} as classes
    on examples.event_type = classes.event_type
    and examples.page_url is not distinct from classes.asked_page_url
    and examples.properties is not distinct from classes.asked_properties
    and examples.duration_seconds is not distinct from classes.asked_duration_seconds
where classes.follows_event_key is null or classes.event_key in (from coming_true)
"""

# What is of a lead and a change touches, of the lead and its changed copies. All that follows from
# it is made anew.
_COPIES = {
    "int_lead_profiles": """
        select of_lead.* replace (
            copies.lead_id as lead_id,
            if(copies.attribute = 'region', copies.value, of_lead.region) as region
        )
        from temp.of_lead cross join temp.copies
    """,
    "int_lead_attributes": """
        select of_lead.* replace (
            copies.lead_id as lead_id,
            if(copies.attribute = of_lead.attribute, copies.value, of_lead.value) as value
        )
        from temp.of_lead cross join temp.copies
    """,
    "int_colleagues": """
        select of_lead.* replace (
            copies.lead_id as lead_id,
            if(of_lead.colleague_lead_id = of_lead.lead_id, copies.lead_id, colleague_lead_id)
                as colleague_lead_id
        )
        from temp.of_lead cross join temp.copies
    """,
    "int_person_event_days": """
        select
            lead_id, event_key, event_date,
            sum(event_count)::bigint as event_count,
            sum(duration_seconds)::decimal(18, 3) as duration_seconds,
            max(most_per_minute) as most_per_minute,
            min(first_occurred_at) as first_occurred_at
        from (
            select of_lead.* replace (copies.lead_id as lead_id)
            from temp.of_lead cross join temp.copies
            union all by name
            select
                copies.lead_id, counted.event_key, getvariable('score_date') as event_date,
                copies.events as event_count,
                copies.events * coalesce(counted.duration_seconds, 0) as duration_seconds,
                getvariable('score_date')::timestamp as first_occurred_at
            from temp.copies
            inner join temp.counted on copies.event_key = counted.of_event_key
        )
        group by all
    """,
}


@dataclass(frozen=True)
class WayUp:
    """A change that would raise the score, and the score and band that it would give.

    Either `events` events of one key on the score date, or another value of one attribute;
    `value_now` is empty where it is not known. `reason` is that of the rule that rewards it.
    """

    rule_id: str
    reason: str
    event_key: str | None
    events: int | None
    attribute: str | None
    value: str | None
    value_now: str | None
    score: Decimal
    band: str
    reaches_next_band: bool

    @property
    def changes(self) -> int:
        """How much is to change: one attribute, or so many events."""
        return self.events or 1


@dataclass(frozen=True)
class Alternatives:
    """What a lead's score might be: after single changes, and if no event lost points by age.

    `ways_up` are those that raise it: first what reaches a higher band, the smallest change first.
    Of more events of one kind it is the fewest that reach it, else the fewest after which more do
    nothing; of the values of an attribute the one that gives most. `undecayed_points` are those of
    each rule, `undecayed_score` is what they add up to.
    """

    ways_up: tuple[WayUp, ...]
    undecayed_points: dict[str, Decimal]
    undecayed_score: Decimal


def alternatives(scratch: Rescoring, lead_id: str, model: str, day: date) -> Alternatives:
    """Scores a lead's changed copies on the day on which it is scored.

    Afterwards the tables of the scratch file hold the lead and its copies alone.
    """
    ((region, score, band_order),) = scratch.connection.execute(
        f"""select lead_region, score, band_order from {CURRENT_SCORES}
        where lead_id = ? and score_model = ?""",
        [lead_id, model],
    ).fetchall()
    scratch.connection.execute("set variable score_date = $1", [day])
    given = {"lead_id": lead_id, "day": day, "model": model, "region": region}
    lists = {"settled": [*SETTLED], "changeable": [*CHANGEABLE]}
    scratch.connection.execute(_FIGURES)
    scratch.connection.execute(_CHANGES, {**given, **lists})
    _see_what_events_count_for(scratch, lead_id, day)
    _copy(scratch, lead_id)
    _rescore(scratch)
    ways = _ways_up(scratch, model, score, band_order)
    return Alternatives(ways, *_undecayed(scratch, lead_id, model))


def _see_what_events_count_for(scratch: Rescoring, lead_id: str, day: date) -> None:
    """An event counts under its type and all keys of the mapping whose conditions it meets."""
    scratch.connection.execute(_COMING_TRUE, {"lead_id": lead_id, "day": day})
    scratch.connection.execute(_EXAMPLES)
    no_deals = scratch.nothing_of(_CRM_EVENTS)
    scratch.run({"int_new_events": _NEW_EVENTS, **no_deals}, (), (), ("int_event_classes",))
    scratch.connection.execute(_COUNTED)


def _copy(scratch: Rescoring, lead_id: str) -> None:
    """Leaves in the lead's tables the lead and its changed copies, and nobody else."""
    scratch.connection.execute(
        """create temp table copies as
        select lead_id, attribute, value, event_key, events from changes
        union all
        select $lead_id, null, null, null, null""",
        {"lead_id": lead_id},
    )
    for name, query in _COPIES.items():
        scratch.connection.execute(
            f"""create or replace temp table of_lead as
            from {scratch.nodes[name].relation} where lead_id = $lead_id""",
            {"lead_id": lead_id},
        )
        scratch.replace(name, query)


def _rescore(scratch: Rescoring) -> None:
    """Scores what the lead's tables hold."""
    scratch.run(scratch.nothing_of(*_LEFT_OUT), _COPIES, (), ("int_scores", "int_factors"))


def _ways_up(scratch: Rescoring, model: str, score: Decimal, band_order: int) -> tuple[WayUp, ...]:
    found: dict[tuple[str | None, str | None], WayUp] = {}
    for (
        rule_id,
        reason,
        key,
        events,
        attribute,
        value,
        value_now,
        then,
        band,
        order,
    ) in scratch.connection.execute(
        f"""select
                rule_id, reason, event_key, events, attribute, value, value_now,
                scores.score, scores.band, scores.band_order
            from changes inner join {SCORES} as scores using (lead_id)
            where scores.score_model = ?
            order by events, scores.score desc, rule_id""",
        [model],
    ).fetchall():
        is_reached = order > band_order
        way = WayUp(
            rule_id, reason, key, events, attribute, value, value_now, then, band, is_reached
        )
        best = found.get((key, attribute))
        if then > (best.score if best else score) and not (best and best.reaches_next_band):
            found[key, attribute] = way
    return tuple(
        sorted(
            found.values(),
            key=lambda way: (not way.reaches_next_band, way.changes, -way.score, way.rule_id),
        )
    )


def _undecayed(scratch: Rescoring, lead_id: str, model: str) -> tuple[dict[str, Decimal], Decimal]:
    """The lead's points by rule, and its score, by the same rules without decay."""
    rules = scratch.nodes["int_rules"].relation
    scratch.connection.execute(f"create temp table rules_with_decay as from {rules}")
    ageless = "select * replace (if(decay is null, null, 'none') as decay) from rules_with_decay"
    scratch.run({"int_rules": ageless}, (), _NO_EVENTS, ("int_scores", "int_factors"))
    rows = scratch.connection.execute(
        f"""select rules.rule_id, factors.points, scores.score
        from {SCORES} as scores
        left join {FACTORS} as factors using (observation_id)
        left join {RULES} as rules using (rule_number)
        where scores.lead_id = ? and scores.score_model = ?""",
        [lead_id, model],
    ).fetchall()
    return {rule: points for rule, points, _ in rows if rule}, rows[0][2]
