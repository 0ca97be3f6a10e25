{#
    Grain: one row per surviving lead, at the clock, with the probability that it becomes a customer
    within the outcome's days, by the trained predictor: the sum of its terms, calibrated. No row where
    none was trained, or on what came after the clock, or for what is a customer or lost.
#}
{%- set trained = kept('stg_state__predictors') %}
{%- set is_trained = trained is not none and run_query('select 1 from ' ~ trained) | length > 0 %}
with

predictors as (

    select predictors.*

    from {{ ref('stg_state__predictors') }} as predictors

    inner join {{ ref('int_clock') }} as clock
        on predictors.known_until <= clock.clock_date

),

dates as (

    select
        dates.lead_id,
        dates.score_date

    from {{ ref('int_prediction_dates') }} as dates

    inner join {{ ref('lead_lifecycle') }} as lifecycle
        on dates.lead_id = lifecycle.lead_id

    where
        dates.is_current
        and lifecycle.customer_at is null
        and lifecycle.lost_at is null
        {% if not is_trained -%}
            and false
        {%- endif %}

),

features as (

    select features.*

    from {{ ref('int_prediction_features') }} as features

    inner join dates
        on features.lead_id = dates.lead_id
        and features.score_date = dates.score_date

),

added as (

    select
        features.lead_id,
        features.feature,
        features.value,
        cast(terms.log_odds as decimal(18, 9)) as log_odds,
        row_number() over (
            partition by features.lead_id
            order by terms.log_odds desc, features.feature asc
        ) as feature_rank

    from features

    inner join {{ ref('stg_state__predictor_terms') }} as terms
        on features.feature = terms.feature
        and {{ is_within('features.value', 'terms') }}

),

summed as (

    select
        lead_id,
        sum(log_odds) as log_odds,
        {{ ordered_list(
            "case when feature_rank <= 3 and log_odds > 0 then feature end", 'feature_rank', '; '
        ) }} as reasons

    from added

    group by lead_id

)

select
    dates.lead_id,
    1 / (1 + exp(-(
        predictors.slope * (predictors.base_log_odds + coalesce(cast(summed.log_odds as double), 0))
        + predictors.intercept
    ))) as predicted_conversion,
    summed.reasons as prediction_reasons

from dates

cross join predictors

left join summed
    on dates.lead_id = summed.lead_id
