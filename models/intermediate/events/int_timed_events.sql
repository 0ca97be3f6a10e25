{#
    Grain: one row per event and key that it counts under, with the lead of the same person that survives: of landed events
    those whose times a sequence or a KPI asks for, and all that the CRM knows; sequences as in int_event_days.
#}
{{ config(materialized='view') }}
with
events as (
    select
        lead_id, event_key, follows_event_key, within_days, is_engagement, true as is_landed, event_date,
        event_id, first_occurred_at as occurred_at, duration_seconds, campaign
    from {{ ref('int_event_days') }}
    where event_id is not null

    union all

    select
        lead_id, event_key, follows_event_key, within_days, is_engagement, false as is_landed, event_date,
        event_id, occurred_at, cast(0 as decimal(18, 3)) as duration_seconds, null as campaign
    from ({{ keyed_crm_events() }}) as crm_events
)

select
    identities.surviving_lead_id as lead_id,
    events.event_key, events.follows_event_key, events.within_days, events.is_engagement, events.is_landed,
    events.event_date, events.event_id, events.occurred_at, events.duration_seconds, events.campaign
from events
inner join {{ ref('int_lead_identities') }} as identities
    on events.lead_id = identities.lead_id
