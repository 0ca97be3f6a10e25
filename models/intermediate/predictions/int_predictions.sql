{#
    Grain: one row per surviving lead, at the clock, with the probability that it becomes a customer
    within the outcome's days, by the trained predictor: the sum of its terms, calibrated. No row where
    none was trained, or on what came after the clock, or for what is a customer or lost.
#}
{#- Where nothing is trained the features of all leads need not be made. #}
{%- set trained = load_relation(source('state', 'predictors')) if execute %}
{%- set is_trained = trained and run_query('select 1 from ' ~ trained) | length > 0 %}
with
leads as (
    select dates.*
    from {{ ref('int_prediction_dates') }} as dates
    inner join {{ ref('int_lifecycles') }} as lifecycles
        on dates.lead_id = lifecycles.lead_id
    where
        dates.is_current
        and lifecycles.customer_at is null
        and lifecycles.lost_at is null
        and {{ 'true' if is_trained else 'false' }}
),

terms as (
    select
        features.lead_id, features.feature,
        cast(terms.log_odds as decimal(18, 9)) as log_odds,
        row_number() over (
            partition by features.lead_id
            order by terms.log_odds desc, features.feature asc
        ) as term_rank
    from leads
    inner join {{ ref('int_prediction_features') }} as features
        on leads.lead_id = features.lead_id
        and leads.score_date = features.score_date
    inner join {{ source('state', 'predictor_terms') }} as terms
        on features.feature = terms.feature
        and (terms.lower_bound is null or features.value >= terms.lower_bound)
        and (terms.upper_bound is null or features.value < terms.upper_bound)
),

summed as (
    select
        lead_id,
        cast(sum(log_odds) as double) as log_odds,
        {{ ordered_list("case when term_rank <= 3 and log_odds > 0 then feature end", 'term_rank', '; ') }} as reasons
    from terms
    group by lead_id
)

select
    leads.lead_id,
    1 / (1 + exp(-(
        predictors.slope * (predictors.base_log_odds + coalesce(summed.log_odds, 0)) + predictors.intercept
    ))) as predicted_conversion,
    summed.reasons as prediction_reasons
from leads
cross join {{ ref('int_clock') }} as clock
inner join {{ source('state', 'predictors') }} as predictors
    on clock.clock_date >= predictors.known_until
left join summed
    on leads.lead_id = summed.lead_id
