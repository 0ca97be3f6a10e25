{#
    Grain: one row per live model, scored day, outcome and rule that gives or takes points: how leads
    convert with and without it. The points a rule deserves are those with which the leads that have it
    would convert as their score says: one step of Newton's method from today's points towards a logistic
    regression, for this rule alone. `recommend` fits all rules together.
#}
with

rules as (

    select
        score_model,
        rule_id,
        kind,
        {# A region's row may name another group. #}
        coalesce(min(case when region is null then score_group end), min(score_group)) as score_group,
        min(coalesce(reason, rule_id)) as reason
    from {{ ref('stg_points__rules') }}
    group by
        score_model,
        rule_id,
        kind

),

bins as (

    select * from {{ ref('int_score_bins') }}
    where part = 'all'

),

totals as (

    {# Log odds for a point, as of two normal distributions of equal variance (Fisher's discriminant). #}
    select
        score_model,
        scored_day,
        outcome,
        count(*) as leads,
        count(case when is_converted then 1 end) as conversions,
        cast(
            avg(case when is_converted then score end) - avg(case when not is_converted then score end)
            as double
        ) / nullif(
            (
                count(case when is_converted then 1 end)
                * var_pop(case when is_converted then cast(score as double) end)
                + count(case when not is_converted then 1 end)
                * var_pop(case when not is_converted then cast(score as double) end)
            ) / count(*), 0
        ) as log_odds_of_a_point

    from {{ ref('int_evaluation_scores') }}

    group by
        score_model,
        scored_day,
        outcome

),

fired as (

    select
        scores.score_model,
        scores.scored_day,
        scores.outcome,
        factors.rule_id,
        count(*) as leads_with,
        count(case when scores.is_converted then 1 end) as conversions_with,
        sum(cast(bins.calibrated_probability as decimal(18, 12))) as expected_conversions,
        sum(cast(bins.calibrated_probability * (1 - bins.calibrated_probability) as decimal(18, 12)))
            as expected_variance,
        sum(factors.points) as points_given

    from {{ ref('int_evaluation_scores') }} as scores

    inner join {{ ref('int_evaluated_factors') }} as factors
        on scores.lead_id = factors.lead_id
        and scores.score_date = factors.score_date
        and scores.score_model = factors.score_model

    inner join bins
        on scores.score_model = bins.score_model
        and scores.scored_day = bins.scored_day
        and scores.outcome = bins.outcome
        and scores.score >= bins.lower_score
        and scores.score <= bins.upper_score

    group by
        scores.score_model,
        scores.scored_day,
        scores.outcome,
        factors.rule_id

),

counted as (

    select
        totals.score_model,
        totals.scored_day,
        totals.outcome,
        rules.rule_id,
        rules.score_group,
        rules.kind,
        rules.reason,
        totals.leads,
        totals.log_odds_of_a_point,
        fired.points_given,
        fired.expected_conversions,
        fired.expected_variance,
        coalesce(fired.leads_with, 0) as leads_with,
        coalesce(fired.conversions_with, 0) as conversions_with,
        totals.leads - coalesce(fired.leads_with, 0) as leads_without,
        totals.conversions - coalesce(fired.conversions_with, 0) as conversions_without

    from totals

    inner join rules
        on totals.score_model = rules.score_model

    left join fired
        on totals.score_model = fired.score_model
        and totals.scored_day = fired.scored_day
        and totals.outcome = fired.outcome
        and rules.rule_id = fired.rule_id

),

compared as (

    {# The logarithm of a ratio of two shares is about normal (Katz and others 1978). #}
    select
        *,
        conversions_with / cast(nullif(leads_with, 0) as double) as conversion_with,
        conversions_without / cast(nullif(leads_without, 0) as double) as conversion_without,
        sqrt(
            1 / cast(nullif(conversions_with, 0) as double) - 1 / cast(leads_with as double)
            + 1 / cast(nullif(conversions_without, 0) as double) - 1 / cast(leads_without as double)
        ) as log_lift_error,
        (conversions_with - cast(expected_conversions as double))
        / nullif(cast(expected_variance as double), 0) as missing_log_odds,
        points_given / cast(nullif(leads_with, 0) as double) as mean_points

    from counted

)

select
    score_model,
    scored_day,
    outcome,
    rule_id,
    score_group,
    kind,
    reason,
    leads_with,
    leads_with / cast(leads as double) as fired_share,
    conversion_with,
    conversion_without,
    conversion_with / nullif(conversion_without, 0) as lift,
    conversion_with / nullif(conversion_without, 0) * exp(-{{ normal_quantile() }} * log_lift_error) as lift_low,
    conversion_with / nullif(conversion_without, 0) * exp({{ normal_quantile() }} * log_lift_error) as lift_high,
    cast(round(mean_points, 4) as decimal(18, 4)) as points,
    case
        when log_odds_of_a_point > 0
            then try_cast(round(mean_points + missing_log_odds / log_odds_of_a_point, 1) as decimal(18, 1))
    end as deserved_points,
    (select clock.clock_date from {{ ref('int_clock') }} as clock) as evaluated_date

from compared
