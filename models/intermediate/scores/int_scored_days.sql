{#
    Grain: one row per surviving lead, live model and day of the past on which the lead is scored: of its history, where
    `cause` says why, or a day on which the models are measured. Kept from build to build: of leads of which nothing
    changed that a score is made of only the days since the last build are added, all others are made anew.
#}
{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append' if target.type == 'duckdb' else none,
    pre_hook="{{ delete_due() }}"
) }}
-- depends_on: {{ ref('int_evaluated_factors') }}
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
)

select
    scores.lead_id, scores.score_model, scores.score_date, scores.cause, scores.is_measured, scores.lead_region,
    scores.raw_score, scores.score, scores.band, scores.band_order, stage_segments.stage_segments,
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
where scores.cause is not null or scores.is_measured
