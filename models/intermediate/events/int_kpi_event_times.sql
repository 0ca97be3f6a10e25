{#
    Grain: one row per landed event and part that it plays in a KPI (seed kpi_events). It grows from build
    to build, as int_lead_event_days does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_rolled_up_leads', 'due_in': 'int_new_event_days', 'due_by': ['lead_id', 'event_date']}
) }}
with

classes as (

    select distinct
        classes.event_type,
        classes.asked_page,
        classes.asked_properties,
        classes.asked_seconds,
        kpi_events.kpi_event

    from {{ ref('int_event_classes') }} as classes

    inner join {{ ref('kpi_events') }} as kpi_events
        on classes.event_key = kpi_events.event_key

    where
        classes.follows_event_key is null
        and classes.crm_property is null

)

select
    new_events.lead_id,
    new_events.event_date,
    classes.kpi_event,
    new_events.campaign,
    new_events.occurred_at

from {{ ref('int_new_events') }} as new_events

inner join classes
    on {{ is_of_class('new_events', 'classes') }}
