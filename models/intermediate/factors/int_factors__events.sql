{#
    Grain: one row per observation, model and event rule that fired. Units are the events that count, each
    with what its age has left of it; they do not depend on points.
#}
with

observations as (

    select * from {{ ref('int_score_observations') }}

),

event_days as (

    select * from {{ ref('int_person_event_days') }}

),

rules as (

    select * from {{ ref('int_event_rules') }}

),

in_window as (

    select
        observations.lead_id,
        observations.lead_region,
        observations.score_date,
        rules.score_model,
        rules.rule_id,
        rules.max_events,
        rules.decay,
        rules.decay_days,
        rules.decay_rate,
        event_days.event_date,
        {{ days_between('event_days.event_date', 'observations.score_date') }} as age_days,
        least(event_days.event_count, coalesce(rules.max_per_day, event_days.event_count))
            as day_count

    from observations

    inner join event_days
        on observations.lead_id = event_days.lead_id
        and observations.score_date >= event_days.event_date

    inner join rules
        on event_days.event_key = rules.event_key
        and observations.score_model = rules.score_model
        and observations.lead_region = rules.lead_region
        and observations.score_date >= rules.valid_from_date
        and observations.score_date <= rules.valid_to_date

    where
        rules.window_days is null
        or {{ days_between('event_days.event_date', 'observations.score_date') }}
        < rules.window_days

),

counted_back as (

    select
        *,
        coalesce(sum(day_count) over (
            partition by lead_id, score_date, score_model, rule_id
            order by event_date desc
            rows between unbounded preceding and 1 preceding
        ), 0) as later_count

    from in_window

),

counted as (

    select
        *,
        case
            when max_events is null then day_count
            else greatest(0, least(day_count, max_events - later_count))
        end as counted_events

    from counted_back

),

units as (

    select
        lead_id,
        lead_region,
        score_date,
        score_model,
        rule_id,
        cast(sum(counted_events) as bigint) as occurrences,
        max(event_date) as last_event_date,
        cast(sum(
            cast(counted_events as decimal(20, 0))
            * {{ decay_factor('decay', 'decay_days', 'decay_rate', 'age_days') }}
        ) as decimal(19, 8)) as units

    from counted

    where counted_events > 0

    group by
        lead_id,
        lead_region,
        score_date,
        score_model,
        rule_id

),

points as (

    select
        units.*,
        rules.score_group,
        rules.reason,
        rules.min_points,
        rules.max_points,
        cast(round(rules.points * units.units, 4) as decimal(18, 4)) as unbounded_points

    from units

    inner join rules
        on units.score_model = rules.score_model
        and units.rule_id = rules.rule_id
        and units.lead_region = rules.lead_region

),

final as (

    select
        lead_id,
        score_date,
        score_model,
        score_group,
        rule_id,
        coalesce(reason, rule_id) as reason,
        'points' as effect,
        {{ clamp('unbounded_points', 'min_points', 'max_points') }} as points,
        units,
        occurrences,
        last_event_date

    from points

)

select * from final
