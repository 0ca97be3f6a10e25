{# Grain: one row per lead and live model, at the clock, or on the last day before the lead was deleted. #}
with
sizes as (
    {# Leads without a size are one more size; sizes without a deal are there too. #}
    select
        profiles.employee_band,
        sum(deals.amount) as amount,
        count(deals.amount) as deals,
        sum(sum(deals.amount)) over () as amount_of_all,
        sum(count(deals.amount)) over () as deals_of_all
    from {{ ref('int_lead_profiles') }} as profiles
    left join {{ ref('int_opportunities') }} as deals
        on profiles.lead_id = deals.lead_id
        and deals.status = 'won'
    where profiles.is_current
    group by profiles.employee_band
),

deal_amounts as (
    {# The mean of won deals with leads of its size of company, held near the mean of all where there are few. #}
    select
        profiles.lead_id,
        cast(
            (
                coalesce(cast(sizes.amount as double), 0)
                + {{ var('deals_of_the_mean') }} * cast(sizes.amount_of_all as double) / nullif(sizes.deals_of_all, 0)
            ) / (sizes.deals + {{ var('deals_of_the_mean') }}) as decimal(18, 4)
        ) as expected_deal_amount
    from {{ ref('int_lead_profiles') }} as profiles
    inner join sizes
        on profiles.employee_band is not distinct from sizes.employee_band
    where profiles.is_current
)

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
    cast(
        predictions.predicted_conversion * cast(deal_amounts.expected_deal_amount as double) as decimal(18, 4)
    ) as expected_value,
    lead_models.score_date,
    points_hashes.points_hash
from {{ ref('int_current_scores') }} as scores
inner join {{ ref('int_lead_models') }} as lead_models
    on scores.lead_id = lead_models.lead_id
inner join {{ ref('int_points_hashes') }} as points_hashes
    on scores.score_model = points_hashes.score_model
left join {{ ref('int_predictions') }} as predictions
    on scores.lead_id = predictions.lead_id
left join deal_amounts
    on scores.lead_id = deal_amounts.lead_id
