{#
    Grain: one row per live model, event key that its event rules, measures or segments ask for, window in days
    (NULL: without end), and whether an event's leaving it can raise the score.
#}
{{ config(materialized='view') }}
select
    event_rules.score_model,
    event_rules.event_key,
    event_rules.window_days,
    coalesce(event_rules.points < 0 or event_rules.max_points < 0, false) as can_leaving_raise

from {{ ref('stg_points__event_rules') }} as event_rules

inner join {{ ref('int_live_models') }} as live_models
    on event_rules.score_model = live_models.score_model

union

select
    model_attributes.score_model,
    measures.event_key,
    measures.window_days,
    true as can_leaving_raise

from {{ ref('int_model_attributes') }} as model_attributes

inner join {{ ref('stg_mapping__event_measures') }} as measures
    on model_attributes.attribute = measures.measure

union

select
    model_attributes.score_model,
    measures.per_event_key as event_key,
    measures.window_days,
    true as can_leaving_raise

from {{ ref('int_model_attributes') }} as model_attributes

inner join {{ ref('stg_mapping__event_measures') }} as measures
    on model_attributes.attribute = measures.measure

where measures.per_event_key is not null

union

select
    model_attributes.score_model,
    segments.event_key,
    segments.window_days,
    true as can_leaving_raise

from {{ ref('int_model_attributes') }} as model_attributes

inner join {{ ref('stg_mapping__segments') }} as segments
    on model_attributes.attribute = 'in_segment:' || segments.segment

where segments.event_key is not null
