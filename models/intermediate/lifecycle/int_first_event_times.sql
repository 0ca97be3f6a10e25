{#
    Grain: one row per surviving lead and event key that may stand for a stage, with the time of its first
    event up to the clock. It grows from build to build, as int_current_scores does.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append' if target.type == 'spark' else 'renew',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id']}
) }}
with

lifecycle_stages as (

    select * from {{ ref('lifecycle_stages') }}
    where source = 'event_key'

),

due_leads as (

    select distinct lead_id from {{ ref('int_due_leads') }}

)

select
    event_days.lead_id,
    event_days.event_key,
    min(event_days.first_occurred_at) as first_occurred_at

from {{ ref('int_person_event_days') }} as event_days

inner join due_leads
    on event_days.lead_id = due_leads.lead_id

cross join {{ ref('int_clock') }} as clock

where
    event_days.event_date <= clock.clock_date
    and event_days.event_key in (select lifecycle_stages.value from lifecycle_stages)

group by
    event_days.lead_id,
    event_days.event_key
