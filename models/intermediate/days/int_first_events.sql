{#
    Grain: one row per surviving lead with an event: the key that says most of its first one, one of the
    mapping's before the type. Empty where no rule asks for it.
#}
with
event_days as (
    select * from {{ ref('int_person_event_days') }}
    where
        event_key <> 'any_engagement'
        and 'first_event_key' in (select asked.attribute from {{ ref('int_model_attributes') }} as asked)
),

mapped as (
    select distinct event_key from {{ ref('int_event_keys') }}
),

first_times as (
    select
        lead_id,
        min(first_occurred_at) as first_occurred_at
    from event_days
    group by lead_id
)

{# All keys of one event happen at its time. #}
select
    event_days.lead_id,
    substr(min(
        case when mapped.event_key is null then '1' else '0' end || event_days.event_key
    ), 2) as event_key,
    min(event_days.event_date) as event_date
from event_days
inner join first_times
    on event_days.lead_id = first_times.lead_id
    and event_days.first_occurred_at = first_times.first_occurred_at
left join mapped
    on event_days.event_key = mapped.event_key
group by event_days.lead_id
