{#
    Grain: one row per event and condition of a key that it meets, sequence aside: its type, page,
    property and duration. CRM events have one property, of any name: the stage reached, or sales' reason.
#}
with

lead_events as (

    select * from {{ ref('int_lead_events') }}

),

event_keys as (

    select * from {{ ref('int_event_keys') }}

),

final as (

    select
        lead_events.event_id,
        lead_events.lead_id,
        lead_events.event_date,
        lead_events.occurred_at,
        lead_events.duration_seconds,
        event_keys.event_key,
        event_keys.is_engagement,
        event_keys.follows_event_key,
        event_keys.within_days

    from lead_events

    inner join event_keys
        on lead_events.event_type = event_keys.event_type
        and (
            event_keys.page_pattern is null
            or lead_events.page_url like event_keys.page_pattern escape '!'
        )
        and (
            event_keys.property is null
            or coalesce(
                lead_events.crm_property,
                {{ json_text('lead_events.properties', 'event_keys.property') }}
            ) like coalesce(event_keys.property_pattern, '%') escape '!'
        )
        and (
            event_keys.min_duration_seconds is null
            or lead_events.duration_seconds >= event_keys.min_duration_seconds
        )

)

select * from final
