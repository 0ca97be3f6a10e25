{# Grain: one row per landed lead, event key and day of what the CRM knows of the lead, sequences aside. #}
with

crm_events as (

    select * from {{ ref('int_crm_events') }}

),

classes as (

    select * from {{ ref('int_event_classes') }}
    where follows_event_key is null

),

final as (

    select
        crm_events.lead_id,
        classes.event_key,
        cast(crm_events.occurred_at as date) as event_date,
        cast(count(*) as bigint) as event_count,
        cast(0 as decimal(18, 3)) as duration_seconds,
        min(crm_events.occurred_at) as first_occurred_at

    from crm_events

    inner join classes
        on crm_events.event_type = classes.event_type
        and crm_events.property_value is not distinct from classes.crm_property
        and classes.asked_page is null
        and classes.asked_properties is null
        and classes.asked_seconds is null

    group by
        crm_events.lead_id,
        classes.event_key,
        cast(crm_events.occurred_at as date)

)

select * from final
