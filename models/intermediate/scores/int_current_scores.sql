{#
    Grain: one row per lead and live model, as it was last scored. It grows from build to build: the
    scores of leads that are due are made anew, the others stay.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models', 'due_by': ['lead_id', 'score_model']}
) }}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where is_current

),

top_reasons as (

    select * from {{ ref('int_top_reasons') }}

),

final as (

    select
        scores.lead_id,
        scores.score_model,
        scores.lead_region,
        scores.score,
        scores.raw_score,
        scores.fit_score,
        scores.engagement_score,
        scores.band,
        scores.band_order,
        scores.next_action,
        scores.fit_grade,
        scores.engagement_grade,
        scores.priority,
        top_reasons.top_reasons,
        scores.is_disqualified,
        scores.is_junk

    from scores

    left join top_reasons
        on scores.observation_id = top_reasons.observation_id

)

select * from final
