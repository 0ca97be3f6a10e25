{#
    Grain: one row per landed lead, event key and day, of landed events and of what the CRM knows, with the lead of the same
    person that survives; sequences as in int_event_days.
#}
{{ config(materialized='view') }}
with
event_days as (
    select
        lead_id, event_key, follows_event_key, within_days, is_engagement, true as is_landed, event_date,
        event_count, duration_seconds, most_per_minute, first_occurred_at
    from {{ ref('int_event_days') }}
    where
        event_key is not null
        and event_id is null

    union all

    select
        lead_id, event_key, follows_event_key, within_days, is_engagement, false as is_landed, event_date,
        count(*) as event_count, cast(0 as decimal(18, 3)) as duration_seconds, cast(null as bigint) as most_per_minute,
        min(occurred_at) as first_occurred_at
    from ({{ keyed_crm_events() }}) as crm_events
    group by all
)

select
    identities.surviving_lead_id as lead_id,
    identities.person_lead_count,
    event_days.event_key, event_days.follows_event_key, event_days.within_days, event_days.is_engagement,
    event_days.is_landed, event_days.event_date, event_days.event_count, event_days.duration_seconds,
    event_days.most_per_minute, event_days.first_occurred_at
from event_days
inner join {{ ref('int_lead_identities') }} as identities
    on event_days.lead_id = identities.lead_id
