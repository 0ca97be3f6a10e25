{#
    Grain: one row per surviving lead, live model, day on which an event, its leaving a window or the silence after it can
    raise the score, and cause.
#}
{{ config(materialized='view') }}
select
    event_days.lead_id, history_ages.score_model,
    {{ days_after('event_days.event_date', 'history_ages.age_days') }} as score_date,
    history_ages.cause
from {{ ref('int_person_event_days') }} as event_days
inner join {{ ref('int_history_ages') }} as history_ages
    on event_days.event_key = history_ages.event_key

union all

{# Of a model that asks for the first event, whatever it was. #}
select
    event_days.lead_id, asked.score_model, min(event_days.event_date) as score_date, '3 event' as cause
from {{ ref('int_person_event_days') }} as event_days
inner join {{ ref('int_model_attributes') }} as asked
    on asked.attribute = 'first_event_key'
group by event_days.lead_id, asked.score_model
