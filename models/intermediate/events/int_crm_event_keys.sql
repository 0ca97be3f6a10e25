{#
    Grain: one row per thing that the CRM knows of a lead and class that it comes under, with the event key
    and what a sequence asks for.
#}
{{ config(materialized='view') }}
with

classes as (

    {# The CRM knows of no page, property or duration. #}
    select * from {{ ref('int_event_classes') }}
    where
        asked_page is null
        and asked_properties is null
        and asked_seconds is null

)

select
    crm_events.event_id,
    crm_events.lead_id,
    crm_events.occurred_at,
    classes.event_key,
    classes.is_engagement,
    classes.follows_event_key,
    classes.within_days

from {{ ref('int_crm_events') }} as crm_events

inner join classes
    on crm_events.event_type = classes.event_type
    and crm_events.property_value is not distinct from classes.crm_property
