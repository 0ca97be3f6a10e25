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

final as (

    select
        event_days.lead_id,
        watched_keys.score_model,
        event_days.event_date as score_date,
        'event' as cause

    from event_days

    inner join watched_keys
        on event_days.event_key = watched_keys.event_key

    union all

    select
        event_days.lead_id,
        watched_keys.score_model,
        {{ days_after('event_days.event_date', 'watched_keys.leaves_after_days') }} as score_date,
        'event left its window' as cause

    from event_days

    inner join watched_keys
        on event_days.event_key = watched_keys.event_key

    where watched_keys.leaves_after_days is not null

    union all

    select
        event_days.lead_id,
        inactivity_rules.score_model,
        {{ days_after('event_days.event_date', 'inactivity_rules.silent_days') }} as score_date,
        'silence' as cause

    from event_days

    inner join inactivity_rules
        on event_days.event_key
        = coalesce(inactivity_rules.requires_event_key, inactivity_rules.event_key)

    where inactivity_rules.points > 0

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
