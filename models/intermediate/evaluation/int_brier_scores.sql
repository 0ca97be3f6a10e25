{#
    Grain: one row per live model, scored day, outcome and slice of the leads: the Brier score of the
    calibrated probability, each half of the leads with the probabilities fitted on the other.
#}
with

halves as (

    select
        *,
        'second half' as fitted_on,
        first_half_leads as half_leads,
        first_half_conversions as half_conversions

    from {{ ref('int_score_counts') }}

    union all

    select
        *,
        'first half' as fitted_on,
        leads - first_half_leads as half_leads,
        conversions - first_half_conversions as half_conversions

    from {{ ref('int_score_counts') }}

)

select
    halves.score_model,
    halves.scored_day,
    halves.outcome,
    halves.slice,
    halves.slice_value,
    cast(sum(cast(
        halves.half_conversions * power(1 - bins.calibrated_probability, 2)
        + (halves.half_leads - halves.half_conversions) * power(bins.calibrated_probability, 2)
        as decimal(38, 18)
    )) as double) / cast(sum(halves.half_leads) as double) as brier_score

from halves

inner join {{ ref('int_score_bins') }} as bins
    on halves.score_model = bins.score_model
    and halves.scored_day = bins.scored_day
    and halves.outcome = bins.outcome
    and halves.fitted_on = bins.part
    and halves.score >= bins.lower_score
    and halves.score <= bins.upper_score

group by
    halves.score_model,
    halves.scored_day,
    halves.outcome,
    halves.slice,
    halves.slice_value
