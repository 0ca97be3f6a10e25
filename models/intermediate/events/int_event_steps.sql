{#
    Grain: one row per landed event and key of a sequence that it comes under once an event of the key
    that it must follow came before. It grows from build to build, as int_lead_event_days does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_rolled_up_leads', 'due_in': 'int_new_event_days', 'due_by': ['lead_id', 'event_date']}
) }}
with

classes as (

    select * from {{ ref('int_event_classes') }}
    where
        follows_event_key is not null
        and crm_property is null

)

select
    new_events.lead_id,
    cast(new_events.landing_seq as string) as event_id,
    new_events.event_date,
    new_events.occurred_at,
    new_events.duration_seconds,
    classes.event_key,
    classes.is_engagement,
    classes.follows_event_key,
    classes.within_days

from {{ ref('int_new_events') }} as new_events

inner join classes
    on {{ is_of_class('new_events', 'classes') }}
