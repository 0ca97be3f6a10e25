{# Grain: one row per observation and live model, with its score and band. A bound belongs to the band above it. #}
select
    model_scores.observation_id,
    model_scores.lead_id,
    model_scores.lead_region,
    model_scores.score_date,
    model_scores.is_current,
    model_scores.is_measured,
    model_scores.cause,
    model_scores.score_model,
    model_scores.raw_score,
    model_scores.score,
    model_scores.scale,
    case when model_scores.is_disqualified then 'disqualified' else score_bands.band end as band,
    case when model_scores.is_disqualified then 0 else score_bands.band_order end as band_order,
    model_scores.is_disqualified,
    model_scores.is_junk

from {{ ref('int_model_scores') }} as model_scores

left join {{ ref('int_region_bands') }} as score_bands
    on model_scores.score_model = score_bands.score_model
    and model_scores.lead_region = score_bands.lead_region
    and {{ is_within('model_scores.score', 'score_bands') }}
