{#
    Grain: one row per surviving lead, live model, day on which an event, its leaving a window or the
    silence after it can raise the score, and event that does.
#}
{{ config(materialized='view') }}
with

score_ages as (

    select * from {{ ref('int_score_ages') }}
    where cause is not null

)

select
    event_days.lead_id,
    score_ages.score_model,
    {{ days_after('event_days.event_date', 'score_ages.from_days') }} as score_date,
    score_ages.cause

from {{ ref('int_person_event_days') }} as event_days

inner join score_ages
    on event_days.event_key = score_ages.event_key

union all

select
    first_events.lead_id,
    model_attributes.score_model,
    first_events.event_date as score_date,
    'event' as cause

from {{ ref('int_first_events') }} as first_events

inner join {{ ref('int_model_attributes') }} as model_attributes
    on model_attributes.attribute = 'first_event_key'

union all

select
    colleague_dates.lead_id,
    model_attributes.score_model,
    colleague_dates.change_date as score_date,
    'event' as cause

from {{ ref('int_colleague_dates') }} as colleague_dates

inner join {{ ref('int_model_attributes') }} as model_attributes
    on colleague_dates.measure = model_attributes.attribute
