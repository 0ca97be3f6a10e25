{#
    Grain: one row per landed lead, event key and day, sequences and what the CRM knows aside. It grows
    from build to build: the days of which events were landed are rolled up again, the others stay.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_rolled_up_leads', 'due_in': 'int_new_event_days', 'due_by': ['lead_id', 'event_date']}
) }}
with

classes as (

    select * from {{ ref('int_event_classes') }}
    where
        follows_event_key is null
        and crm_property is null

)

select
    new_events.lead_id,
    classes.event_key,
    new_events.event_date,
    cast(count(*) as bigint) as event_count,
    cast(coalesce(sum(new_events.duration_seconds), 0) as decimal(18, 3)) as duration_seconds,
    min(new_events.occurred_at) as first_occurred_at

from {{ ref('int_new_events') }} as new_events

inner join classes
    on {{ is_of_class('new_events', 'classes') }}

group by
    new_events.lead_id,
    classes.event_key,
    new_events.event_date
