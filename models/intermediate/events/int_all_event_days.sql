{#
    Grain: one row per landed lead, event key and day, of landed events and of what the CRM knows, with the lead of the same
    person that survives; sequences as in int_event_days.
#}
{{ config(materialized='view') }}
with
crm_event_days as (
    select
        coalesce(crm_events.lead_id, parts.lead_id) as lead_id,
        classes.event_key, classes.follows_event_key, classes.within_days, classes.is_engagement,
        cast(crm_events.occurred_at as date) as event_date,
        count(*) as event_count,
        min(crm_events.occurred_at) as first_occurred_at,
        {{ array_of({
            'event_id': 'crm_events.event_id', 'occurred_at': 'crm_events.occurred_at',
            'duration_seconds': 'cast(null as decimal(18, 3))', 'campaign': 'cast(null as string)'
        }) }} as events
    from {{ ref('int_crm_events') }} as crm_events
    left join {{ ref('int_opportunity_leads') }} as parts
        on crm_events.opportunity_id = parts.opportunity_id
        and parts.is_primary
    inner join {{ ref('int_event_classes') }} as classes
        on crm_events.event_type = classes.event_type
        and crm_events.property_value is not distinct from classes.crm_property
        {# The CRM knows of no page, property or duration. #}
        and classes.asked_page_url is null
        and classes.asked_properties is null
        and classes.asked_duration_seconds is null
    group by all
),

event_days as (
    select
        lead_id, event_key, follows_event_key, within_days, is_engagement, true as is_landed, event_date,
        event_count, duration_seconds, most_per_minute, first_occurred_at, events
    from {{ ref('int_event_days') }}
    where event_key is not null

    union all

    select
        lead_id, event_key, follows_event_key, within_days, is_engagement, false as is_landed, event_date,
        event_count, cast(0 as decimal(18, 3)) as duration_seconds, cast(null as bigint) as most_per_minute,
        first_occurred_at, events
    from crm_event_days
)

select
    identities.surviving_lead_id as lead_id,
    identities.person_lead_count,
    event_days.event_key, event_days.follows_event_key, event_days.within_days, event_days.is_engagement,
    event_days.is_landed, event_days.event_date, event_days.event_count, event_days.duration_seconds,
    event_days.most_per_minute, event_days.first_occurred_at, event_days.events
from event_days
inner join {{ ref('int_lead_identities') }} as identities
    on event_days.lead_id = identities.lead_id
