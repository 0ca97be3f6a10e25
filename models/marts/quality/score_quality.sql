{#
    Grain: one row per live model, scored day, outcome and slice of the leads. AUC: Mann and Whitney, ties
    count half; its interval: DeLong, DeLong and Clarke-Pearson (1988).
#}
with

as_double as (

    select
        score_model,
        scored_day,
        outcome,
        slice,
        slice_value,
        leads,
        conversions,
        known_later_leads,
        nullif(cast(conversions as double), 0) as positives,
        nullif(cast(leads - conversions as double), 0) as negatives,
        cast(twofold_wins as double) as twofold_wins,
        cast(squares_of_conversions as double) as squares_of_conversions,
        cast(squares_of_failures as double) as squares_of_failures,
        cast(precision_sum as double) as precision_sum,
        cast(conversions_in_top_decile as double) as conversions_in_top_decile,
        cast(conversions_in_top_quintile as double) as conversions_in_top_quintile

    from {{ ref('int_score_ranks') }}

),

areas as (

    select
        *,
        twofold_wins / (2 * positives * negatives) as auc

    from as_double

),

variances as (

    {# The variance of each lead's share of wins, over the leads that converted and over the others. #}
    select
        *,
        {# Rounding can leave a little less than 0; the quotients are NULL where there is nothing to vary. #}
        greatest(0, squares_of_conversions / (4 * negatives * negatives) - positives * auc * auc)
        / nullif(positives - 1, 0) / positives
        + greatest(0, squares_of_failures / (4 * positives * positives) - negatives * auc * auc)
        / nullif(negatives - 1, 0) / negatives as auc_variance

    from areas

)

select
    variances.score_model,
    variances.scored_day,
    variances.outcome,
    cast({{ var('outcome_days') }} as int) as outcome_days,
    variances.slice,
    variances.slice_value,
    variances.leads,
    variances.conversions,
    variances.conversions / cast(variances.leads as double) as conversion_rate,
    variances.auc,
    case
        when variances.auc_variance is not null
            then greatest(0, variances.auc - {{ normal_quantile() }} * sqrt(variances.auc_variance))
    end as auc_low,
    case
        when variances.auc_variance is not null
            then least(1, variances.auc + {{ normal_quantile() }} * sqrt(variances.auc_variance))
    end as auc_high,
    variances.precision_sum / variances.positives as average_precision,
    brier_scores.brier_score,
    variances.conversions_in_top_decile / variances.positives / 0.1 as top_decile_lift,
    {{ wilson_bound('variances.conversions_in_top_decile', '0.1 * variances.leads') }}
    / (variances.positives / variances.leads) as top_decile_lift_low,
    {{ wilson_bound('variances.conversions_in_top_decile', '0.1 * variances.leads', is_upper=true) }}
    / (variances.positives / variances.leads) as top_decile_lift_high,
    variances.conversions_in_top_quintile / variances.positives / 0.2 as top_quintile_lift,
    variances.conversions_in_top_quintile / variances.positives as share_in_top_quintile,
    left_out.decided_leads,
    left_out.young_leads,
    variances.known_later_leads / cast(variances.leads as double) as known_later_share,
    (select clock.clock_date from {{ ref('int_clock') }} as clock) as evaluated_date

from variances

inner join {{ ref('int_brier_scores') }} as brier_scores
    on variances.score_model = brier_scores.score_model
    and variances.scored_day = brier_scores.scored_day
    and variances.outcome = brier_scores.outcome
    and variances.slice = brier_scores.slice
    and variances.slice_value = brier_scores.slice_value

inner join {{ ref('int_left_out_leads') }} as left_out
    on variances.scored_day = left_out.scored_day
    and variances.outcome = left_out.outcome
    and variances.slice = left_out.slice
    and variances.slice_value = left_out.slice_value
