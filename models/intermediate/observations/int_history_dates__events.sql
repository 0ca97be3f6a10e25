{#
    Grain: one row per surviving lead, live model, day on which an event, its leaving a window or the
    silence after it can raise the score, and event that does.
#}
{{ config(materialized='view') }}
with

event_days as (

    select * from {{ ref('int_person_event_days') }}

),

inactivity_rules as (

    select * from {{ ref('stg_points__inactivity_rules') }}

),

watched_keys as (

    select * from {{ ref('int_watched_keys') }}

),

model_attributes as (

    select * from {{ ref('int_model_attributes') }}

),

first_events as (

    select * from {{ ref('int_first_events') }}

),

colleague_dates as (

    select * from {{ ref('int_colleague_dates') }}

),

occasions as (

    select
        event_key,
        score_model,
        0 as days_later,
        'event' as cause

    from watched_keys

    union all

    select
        event_key,
        score_model,
        leaves_after_days as days_later,
        'event left its window' as cause

    from watched_keys

    where leaves_after_days is not null

    union all

    select
        coalesce(requires_event_key, event_key) as event_key,
        score_model,
        silent_days as days_later,
        'silence' as cause

    from inactivity_rules

    where points > 0

),

final as (

    select
        event_days.lead_id,
        occasions.score_model,
        {{ days_after('event_days.event_date', 'occasions.days_later') }} as score_date,
        occasions.cause

    from event_days

    inner join occasions
        on event_days.event_key = occasions.event_key

    union all

    select
        first_events.lead_id,
        model_attributes.score_model,
        first_events.event_date as score_date,
        'event' as cause

    from first_events

    inner join model_attributes
        on model_attributes.attribute = 'first_event_key'

    union all

    select
        colleague_dates.lead_id,
        model_attributes.score_model,
        colleague_dates.change_date as score_date,
        'event' as cause

    from colleague_dates

    inner join model_attributes
        on colleague_dates.measure = model_attributes.attribute

)

select * from final
