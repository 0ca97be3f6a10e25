{# Grain: one row per event to roll up in this build and key that it counts under; a row without a type has no key. #}
{{ config(materialized='view') }}
select
    events.*,
    classes.class_number,
    classes.event_key,
    classes.follows_event_key,
    classes.is_timed

from {{ ref('int_new_events') }} as events

left join {{ ref('int_event_classes') }} as classes
    on events.event_type = classes.event_type
    and events.asked_page_url is not distinct from classes.asked_page_url
    and events.asked_properties is not distinct from classes.asked_properties
    and events.asked_duration_seconds is not distinct from classes.asked_duration_seconds
    and classes.crm_property is null
