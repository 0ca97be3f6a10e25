{#
    Grain: one row per surviving lead, key of a sequence and day on which it came true: an event of the key, after one of that
    which it follows, by the same person, at most within_days later. One that is an engagement counts under any_engagement too.
#}
with
came_true as (
    {# The first of a day is enough to tell whether one came before. #}
    select distinct
        steps.lead_id, steps.event_key, steps.event_date, steps.is_engagement, steps.event_id, steps.occurred_at,
        steps.duration_seconds
    from {{ ref('int_timed_events') }} as steps
    inner join {{ ref('int_all_event_days') }} as earlier
        on steps.lead_id = earlier.lead_id
        and steps.follows_event_key = earlier.event_key
        and earlier.follows_event_key is null
        and earlier.event_key in (select event_keys.follows_event_key from {{ ref('int_event_keys') }} as event_keys)
        and steps.occurred_at > earlier.first_occurred_at
        and coalesce({{ days_between('earlier.event_date', 'steps.event_date') }} <= steps.within_days, true)
),

counted as (
    select lead_id, event_key, event_date, event_id, occurred_at, duration_seconds from came_true
    union
    select lead_id, 'any_engagement' as event_key, event_date, event_id, occurred_at, duration_seconds from came_true
    where is_engagement
)

select
    lead_id, event_key, event_date,
    count(*) as event_count,
    cast(sum(duration_seconds) as decimal(18, 3)) as duration_seconds,
    min(occurred_at) as first_occurred_at
from counted
group by lead_id, event_key, event_date
