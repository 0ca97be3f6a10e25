{#
    Grain: one row per live model, event key that its event rules, measures or segments ask for, window in days
    (NULL: without end), and whether an event's leaving it can raise the score.
#}
{{ config(materialized='view') }}
select
    rules.score_model,
    rules.event_key,
    rules.window_days,
    coalesce(rules.points < 0 or rules.max_points < 0, false) as can_leaving_raise

from {{ ref('stg_points__rules') }} as rules

inner join {{ ref('int_live_models') }} as live_models
    on rules.score_model = live_models.score_model

where rules.kind = 'event'

union

select
    model_attributes.score_model,
    watched.event_key,
    watched.window_days,
    true as can_leaving_raise

from {{ ref('int_model_attributes') }} as model_attributes

inner join (
    select measure as attribute, event_key, window_days from {{ ref('stg_mapping__event_measures') }}
    union all
    select measure as attribute, per_event_key as event_key, window_days from {{ ref('stg_mapping__event_measures') }}
    union all
    select 'in_segment:' || segment as attribute, event_key, window_days from {{ ref('stg_mapping__segments') }}
) as watched
    on model_attributes.attribute = watched.attribute

where watched.event_key is not null
