{# Grain: one row per lead and live model, at the clock, or on the last day before the lead was deleted. #}
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
    scores.top_reasons,
    scores.is_disqualified,
    scores.is_junk,
    case when predictions.lead_id is null then 'not available' else 'predicted' end as prediction,
    predictions.predicted_conversion,
    predictions.prediction_reasons,
    deal_amounts.expected_deal_amount,
    cast(round(
        predictions.predicted_conversion * cast(deal_amounts.expected_deal_amount as double), 4
    ) as decimal(18, 4)) as expected_value,
    lead_models.score_date,
    points_hashes.points_hash

from {{ ref('int_current_scores') }} as scores

inner join {{ ref('int_lead_models') }} as lead_models
    on scores.lead_id = lead_models.lead_id

inner join {{ ref('int_points_hashes') }} as points_hashes
    on scores.score_model = points_hashes.score_model

left join {{ ref('int_predictions') }} as predictions
    on scores.lead_id = predictions.lead_id

left join {{ ref('int_deal_amounts') }} as deal_amounts
    on scores.lead_id = deal_amounts.lead_id
