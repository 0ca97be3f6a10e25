{# Grain: one row per lead and live model, at the clock. #}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where is_current

),

top_reasons as (

    select * from {{ ref('int_top_reasons') }}

),

points_hashes as (

    select * from {{ ref('int_points_hashes') }}

),

final as (

    select
        scores.lead_id,
        scores.score_model,
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
        scores.is_junk,
        scores.score_date,
        points_hashes.points_hash

    from scores

    inner join points_hashes
        on scores.score_model = points_hashes.score_model

    left join top_reasons
        on scores.lead_id = top_reasons.lead_id
        and scores.score_model = top_reasons.score_model

)

select * from final
