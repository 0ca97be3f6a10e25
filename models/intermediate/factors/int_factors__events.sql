{#
    Grain: one row per observation and event rule that fired. Units are the events that count, each with what its age has
    left of it; they do not depend on points.
#}
{%- set age_days = days_between('event_days.event_date', 'days.score_date') %}
with

in_window as (

    select
        days.observation_id,
        rules.rule_number,
        rules.max_events,
        event_days.event_date,
        least(event_days.event_count, coalesce(rules.max_per_day, event_days.event_count)) as day_count,
        {{ decay_factor('rules.decay', 'rules.decay_days', 'rules.decay_rate', age_days) }} as left_of_event
    from {{ ref('int_person_event_days') }} as event_days
    inner join {{ ref('int_rules') }} as rules
        on event_days.event_key = rules.event_key
        and rules.kind = 'event'
    inner join {{ ref('int_days_to_score') }} as days
        on event_days.lead_id = days.lead_id
        and rules.score_model = days.score_model
        and rules.lead_region = days.lead_region
        and event_days.event_date <= days.score_date
        and days.score_date between rules.valid_from_date and rules.valid_to_date
        and coalesce({{ age_days }} < rules.window_days, true)

),

counted as (

    {# At most max_events, counted back from the latest day. #}
    select
        *,
        case
            when max_events is null then day_count
            else greatest(0, least(day_count, max_events + day_count - sum(day_count) over later_days))
        end as counted_events
    from in_window
    window later_days as (
        partition by observation_id, rule_number
        order by event_date desc
        rows between unbounded preceding and current row
    )

),

units as (

    select
        observation_id,
        rule_number,
        cast(sum(counted_events) as bigint) as occurrences,
        max(event_date) as last_event_date,
        cast(sum(cast(counted_events as decimal(20, 0)) * left_of_event) as decimal(19, 8)) as units
    from counted
    where counted_events > 0
    group by observation_id, rule_number

)

{%- set points = 'cast(round(rules.points * units.units, 4) as decimal(18, 4))' %}

select
    units.observation_id,
    units.rule_number,
    {{ clamp(points, 'rules.min_points', 'rules.max_points') }} as points,
    units.units,
    units.occurrences,
    units.last_event_date

from units

inner join {{ ref('int_rules') }} as rules
    on units.rule_number = rules.rule_number
