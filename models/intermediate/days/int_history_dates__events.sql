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

select
    first_events.lead_id, model_attributes.score_model,
    first_events.event_date as score_date,
    '3 event' as cause
from {{ ref('int_first_events') }} as first_events
inner join {{ ref('int_model_attributes') }} as model_attributes
    on model_attributes.attribute = 'first_event_key'

union all

select
    colleague_dates.lead_id, model_attributes.score_model,
    colleague_dates.change_date as score_date,
    '3 event' as cause
from {{ ref('int_colleague_dates') }} as colleague_dates
inner join {{ ref('int_model_attributes') }} as model_attributes
    on colleague_dates.measure = model_attributes.attribute
