{#
    Grain: one row per surviving lead, live model and day of the past on which the lead is scored: of its history, where
    `cause` says why, or a day on which the models are measured. Kept from build to build: of leads of which nothing
    changed that a score is made of only the days since the last build are added, all others are made anew.
#}
{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append' if target.type == 'duckdb' else none,
    pre_hook="{% if is_incremental() %}" ~ "delete from {{ this }} as kept where not exists (select 1 from {{ ref('int_history_due') }} as due where kept.lead_id = due.lead_id and kept.score_model = due.score_model and kept.score_date < due.history_from_date)" ~ "{% endif %}"
) }}
with

stage_segments as (

    {# Segments that stand for a stage of the lifecycle. #}
    select
        segments.lead_id, segments.score_date,
        {{ array_of({'segment': 'stages.value'}) }} as stage_segments
    from {{ ref('int_segments') }} as segments
    inner join {{ ref('lifecycle_stages') }} as stages
        on segments.attribute = 'in_segment:' || stages.value
    where
        stages.source = 'segment'
        and segments.value = 'yes'
    group by segments.lead_id, segments.score_date

),

factors as (

    {# What fired on the days on which the models are measured. #}
    select
        days.observation_id,
        {{ array_of({'rule_id': 'rules.rule_id', 'points': 'factors.points', 'units': 'factors.units'}) }} as factors
    from {{ ref('int_days_to_score') }} as days
    inner join {{ ref('int_factors') }} as factors
        on days.observation_id = factors.observation_id
    inner join {{ ref('int_rules') }} as rules
        on factors.rule_number = rules.rule_number
    where days.is_measured
    group by days.observation_id

)

select
    scores.lead_id,
    scores.score_model,
    scores.score_date,
    scores.cause,
    scores.is_measured,
    scores.lead_region,
    scores.raw_score,
    scores.score,
    scores.band,
    scores.band_order,
    stage_segments.stage_segments,
    factors.factors,
    history_due.inputs_hash,
    clock.clock_date as complete_through_date

from {{ ref('int_scores') }} as scores

inner join {{ ref('int_history_due') }} as history_due
    on scores.lead_id = history_due.lead_id
    and scores.score_model = history_due.score_model

cross join {{ ref('int_clock') }} as clock

left join stage_segments
    on scores.lead_id = stage_segments.lead_id
    and scores.score_date = stage_segments.score_date

left join factors
    on scores.observation_id = factors.observation_id

where
    scores.cause is not null
    or scores.is_measured
