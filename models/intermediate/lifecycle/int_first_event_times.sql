{# Grain: one row per surviving lead and event key that may stand for a stage, with the time of its first event up to the clock. #}
select
    event_days.lead_id,
    event_days.event_key,
    min(event_days.first_occurred_at) as first_occurred_at

from {{ ref('int_person_event_days') }} as event_days

inner join (select distinct value from {{ ref('lifecycle_stages') }} where source = 'event_key') as stages
    on event_days.event_key = stages.value

inner join {{ ref('int_lead_identities') }} as identities
    on event_days.lead_id = identities.lead_id

inner join {{ ref('int_clock') }} as clock
    on event_days.event_date <= clock.clock_date

group by event_days.lead_id, event_days.event_key
