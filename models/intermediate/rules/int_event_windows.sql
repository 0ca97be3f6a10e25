{#
    Grain: one row per live model, event key that its event rules, measures or segments ask for, window in days
    (NULL: without end), and whether an event's leaving it can raise the score.
#}
{{ config(materialized='view') }}
with

live_models as (

    select * from {{ ref('int_live_models') }}

),

model_attributes as (

    select * from {{ ref('int_model_attributes') }}

),

event_rules as (

    select * from {{ ref('stg_points__event_rules') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}

),

segments as (

    select * from {{ ref('stg_mapping__segments') }}

),

final as (

    select
        event_rules.score_model,
        event_rules.event_key,
        event_rules.window_days,
        coalesce(event_rules.points < 0 or event_rules.max_points < 0, false) as can_leaving_raise

    from event_rules

    inner join live_models
        on event_rules.score_model = live_models.score_model

    union

    select
        model_attributes.score_model,
        measures.event_key,
        measures.window_days,
        true as can_leaving_raise

    from model_attributes

    inner join measures
        on model_attributes.attribute = measures.measure

    union

    select
        model_attributes.score_model,
        measures.per_event_key as event_key,
        measures.window_days,
        true as can_leaving_raise

    from model_attributes

    inner join measures
        on model_attributes.attribute = measures.measure

    where measures.per_event_key is not null

    union

    select
        model_attributes.score_model,
        segments.event_key,
        segments.window_days,
        true as can_leaving_raise

    from model_attributes

    inner join segments
        on model_attributes.attribute = 'in_segment:' || segments.segment

    where segments.event_key is not null

)

select * from final
