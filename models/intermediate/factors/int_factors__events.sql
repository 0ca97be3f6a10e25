{#
    Grain: one row per observation and event rule that fired. Units are the events that count, each
    with what its age has left of it; they do not depend on points.
#}
{%- set never = "cast('9999-12-31' as date)" %}
with

windows as (

    {# The longest of each key: older days need not be looked at. #}
    select
        event_key,
        case when count(*) = count(window_days) then max(window_days) end as window_days

    from {{ ref('int_event_rules') }}

    group by event_key

),

watched_days as (

    select
        event_days.lead_id,
        event_days.event_key,
        event_days.event_date,
        event_days.event_count,
        coalesce({{ days_after('event_days.event_date', 'windows.window_days') }}, {{ never }})
            as out_of_window_date

    from {{ ref('int_person_event_days') }} as event_days

    inner join windows
        on event_days.event_key = windows.event_key

),

observed_days as (

    select
        observations.observation_id,
        observations.lead_region,
        observations.score_model,
        observations.score_date,
        watched_days.event_key,
        watched_days.event_date,
        watched_days.event_count,
        {{ days_between('watched_days.event_date', 'observations.score_date') }} as age_days

    from watched_days

    inner join {{ ref('int_score_observations') }} as observations
        on watched_days.lead_id = observations.lead_id
        and watched_days.event_date <= observations.score_date
        and watched_days.out_of_window_date > observations.score_date

),

in_window as (

    select
        observed_days.observation_id,
        rules.rule_number,
        rules.max_events,
        observed_days.event_date,
        least(observed_days.event_count, coalesce(rules.max_per_day, observed_days.event_count))
            as day_count,
        {{ decay_factor('rules.decay', 'rules.decay_days', 'rules.decay_rate', 'observed_days.age_days') }}
            as left_of_event

    from observed_days

    inner join {{ ref('int_event_rules') }} as rules
        on observed_days.event_key = rules.event_key
        and observed_days.score_model = rules.score_model
        and observed_days.lead_region = rules.lead_region
        and observed_days.score_date >= rules.valid_from_date
        and observed_days.score_date <= rules.valid_to_date

    where
        rules.window_days is null
        or observed_days.age_days < rules.window_days

),

counted_back as (

    select
        *,
        sum(day_count) over (
            partition by observation_id, rule_number
            order by event_date desc
            rows between unbounded preceding and current row
        ) as count_so_far

    from in_window

),

counted as (

    select
        *,
        case
            when max_events is null then day_count
            else greatest(0, least(day_count, max_events - count_so_far + day_count))
        end as counted_events

    from counted_back

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

    group by
        observation_id,
        rule_number

),

points as (

    select
        units.*,
        rules.min_points,
        rules.max_points,
        cast(round(rules.points * units.units, 4) as decimal(18, 4)) as unbounded_points

    from units

    inner join {{ ref('int_event_rules') }} as rules
        on units.rule_number = rules.rule_number

)

select
    observation_id,
    rule_number,
    {{ clamp('unbounded_points', 'min_points', 'max_points') }} as points,
    units,
    occurrences,
    last_event_date

from points
