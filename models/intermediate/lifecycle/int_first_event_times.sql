{# Grain: one row per surviving lead and event key that may stand for a stage: its first time, and its last day's. #}
select
    event_days.lead_id, event_days.event_key,
    min(event_days.first_occurred_at) as first_occurred_at,
    max(event_days.first_occurred_at) as last_occurred_at
from {{ ref('int_person_event_days') }} as event_days
inner join {{ ref('int_lead_identities') }} as identities
    on event_days.lead_id = identities.lead_id
inner join {{ ref('int_clock') }} as clock
    on event_days.event_date <= clock.clock_date
where
    event_days.event_key in (
        select stages.value from {{ ref('lifecycle_stages') }} as stages
        where stages.source = 'event_key'
    )
group by event_days.lead_id, event_days.event_key
