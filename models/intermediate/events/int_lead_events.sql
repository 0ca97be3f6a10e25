{# Grain: one row per event of a landed lead, as last landed, and per thing that the CRM knows of it. #}
with

landed_events as (

    {{ current_versions(ref('stg_raw__lead_events'), ['event_id']) }}

),

crm_events as (

    select * from {{ ref('int_crm_events') }}

),

final as (

    select
        event_id,
        lead_id,
        event_type,
        occurred_at,
        cast(occurred_at as date) as event_date,
        page_url,
        duration_seconds,
        properties,
        cast(null as string) as crm_property

    from landed_events

    union all

    select
        event_id,
        lead_id,
        event_type,
        occurred_at,
        cast(occurred_at as date) as event_date,
        null as page_url,
        null as duration_seconds,
        null as properties,
        property_value as crm_property

    from crm_events

)

select * from final
