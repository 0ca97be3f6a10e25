{#
    Grain: one row per live model, scored day, outcome and rule that fired: what became of the leads, and
    which points the rule deserves. With these its leads would convert as their score says: one step of
    Newton's method from today's points towards a logistic regression, for this rule alone.
#}
with
scores as (
    {# Log odds for a point, as of two normal distributions of equal variance (Fisher's discriminant). #}
    select
        score_model, scored_day, outcome,
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
    group by all
),

fired as (
    select
        scores.score_model, scores.scored_day, scores.outcome, factors.rule_id,
        count(*) as leads,
        count(case when scores.is_converted then 1 end) as conversions,
        (
            count(case when scores.is_converted then 1 end)
            - cast(sum(cast(scores.probability as decimal(18, 12))) as double)
        ) / nullif(
            cast(sum(cast(scores.probability * (1 - scores.probability) as decimal(18, 12))) as double), 0
        ) as missing_log_odds,
        sum(factors.points) / cast(count(*) as double) as mean_points
    from {{ ref('int_evaluation_scores') }} as scores
    inner join {{ ref('int_evaluated_factors') }} as factors
        on scores.lead_id = factors.lead_id
        and scores.score_date = factors.score_date
        and scores.score_model = factors.score_model
    group by all
)

select
    fired.score_model, fired.scored_day, fired.outcome, fired.rule_id, fired.leads, fired.conversions,
    fired.mean_points,
    case
        when scores.log_odds_of_a_point > 0
            then try_cast(
                    fired.mean_points + fired.missing_log_odds / scores.log_odds_of_a_point as decimal(18, 1)
                )
    end as deserved_points
from fired
inner join scores
    on fired.score_model = scores.score_model
    and fired.scored_day = scores.scored_day
    and fired.outcome = scores.outcome
