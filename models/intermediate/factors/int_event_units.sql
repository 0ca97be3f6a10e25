{#
    Grain: one row per observation and event rule with an event that counts. Units are the events that count, at most
    max_events, counted back from the latest day, each with what its age has left of it; no points are in them.
#}
{{ config(materialized='view') }}
with
watched_days as (
    select
        event_days.lead_id, event_days.event_key, event_days.event_date, event_days.event_count,
        {{ days_after('event_days.event_date', 'windows.window_days') }} as out_of_window_date
    from {{ ref('int_person_event_days') }} as event_days
    inner join (
        select event_key, case when count(*) = count(window_days) then max(window_days) else 1000000 end as window_days
        from {{ ref('int_rules') }}
        where kind = 'event'
        group by event_key
    ) as windows
        on event_days.event_key = windows.event_key
),

observed_days as (
    select
        days.observation_id, days.lead_region, days.score_model, days.score_date,
        watched_days.event_key, watched_days.event_date, watched_days.event_count,
        {{ days_between('watched_days.event_date', 'days.score_date') }} as age_days
    from watched_days
    inner join {{ ref('int_days_to_score') }} as days
        on watched_days.lead_id = days.lead_id
        and watched_days.event_date <= days.score_date
        and watched_days.out_of_window_date > days.score_date
),

in_window as (
    select
        observed_days.observation_id, rules.rule_number, rules.max_events, observed_days.event_date,
        least(observed_days.event_count, coalesce(rules.max_per_day, observed_days.event_count)) as day_count,
        {{ decay_factor('rules.decay', 'rules.decay_days', 'rules.decay_rate', 'observed_days.age_days') }}
            as left_of_event
    from observed_days
    inner join {{ ref('int_rules') }} as rules
        on rules.kind = 'event'
        and observed_days.event_key = rules.event_key
        and observed_days.score_model = rules.score_model
        and observed_days.lead_region = rules.lead_region
        and observed_days.score_date between rules.valid_from_date and rules.valid_to_date
        and coalesce(observed_days.age_days < rules.window_days, true)
),

counted as (
    select
        *,
        case
            when max_events is null then day_count
            else greatest(0, least(day_count, max_events + day_count - sum(day_count) over later_days))
        end as counted_events
    from in_window
    window later_days as (
        partition by observation_id, rule_number order by event_date desc
        rows between unbounded preceding and current row
    )
)

select
    observation_id, rule_number,
    cast(sum(counted_events) as bigint) as occurrences,
    max(event_date) as last_event_date,
    cast(sum(cast(counted_events as decimal(20, 0)) * left_of_event) as decimal(19, 8)) as units
from counted
where counted_events > 0
group by observation_id, rule_number
