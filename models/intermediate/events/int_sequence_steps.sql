{#
    Grain: one row per event, landed or of the CRM, key of a sequence that it comes under if an event of the key
    that it must follow came before, and any_engagement if the sequence is one.
#}
{{ config(materialized='view') }}
with

crm_events as (

    select * from {{ ref('int_crm_events') }}

),

crm_classes as (

    select * from {{ ref('int_event_classes') }}
    where
        follows_event_key is not null
        and asked_page is null
        and asked_properties is null
        and asked_seconds is null

),

steps as (

    select
        lead_id,
        event_id,
        event_date,
        occurred_at,
        duration_seconds,
        event_key,
        is_engagement,
        follows_event_key,
        within_days
    from {{ ref('int_event_steps') }}

    union all

    select
        crm_events.lead_id,
        crm_events.event_id,
        cast(crm_events.occurred_at as date) as event_date,
        crm_events.occurred_at,
        cast(null as decimal(18, 3)) as duration_seconds,
        crm_classes.event_key,
        crm_classes.is_engagement,
        crm_classes.follows_event_key,
        crm_classes.within_days

    from crm_events

    inner join crm_classes
        on crm_events.event_type = crm_classes.event_type
        and crm_events.property_value is not distinct from crm_classes.crm_property

),

final as (

    select
        lead_id,
        event_id,
        event_date,
        occurred_at,
        duration_seconds,
        event_key,
        follows_event_key,
        within_days
    from steps

    union all

    select
        lead_id,
        event_id,
        event_date,
        occurred_at,
        duration_seconds,
        'any_engagement' as event_key,
        follows_event_key,
        within_days
    from steps
    where is_engagement

)

select * from final
