{#
    Grain: one row per live model, scored day, outcome and part of the scores: a band, or a tenth of the
    leads by score. Each half of the leads has the calibrated probabilities fitted on the other.
#}
with

placed as (

    select
        scores.*,
        bins.bin,
        bins.calibrated_probability

    from {{ ref('int_evaluation_scores') }} as scores

    inner join {{ ref('int_score_bins') }} as bins
        on scores.score_model = bins.score_model
        and scores.scored_day = bins.scored_day
        and scores.outcome = bins.outcome
        and case when scores.is_first_half then 'second half' else 'first half' end = bins.part
        and scores.score >= bins.lower_score
        and scores.score <= bins.upper_score

),

parts as (

    select
        score_model,
        scored_day,
        outcome,
        'band' as part,
        band as part_name,
        band_order as part_order,
        score,
        is_converted,
        calibrated_probability

    from placed

    where band is not null

    union all

    select
        score_model,
        scored_day,
        outcome,
        'decile' as part,
        cast({{ integer_divide('bin', 2) }} + 1 as string) as part_name,
        {{ integer_divide('bin', 2) }} + 1 as part_order,
        score,
        is_converted,
        calibrated_probability

    from placed

),

counted as (

    select
        score_model,
        scored_day,
        outcome,
        part,
        part_name,
        min(part_order) as part_order,
        min(score) as lowest_score,
        max(score) as highest_score,
        count(*) as leads,
        count(case when is_converted then 1 end) as conversions,
        cast(sum(cast(calibrated_probability as decimal(18, 12))) as double) as expected_conversions

    from parts

    group by
        score_model,
        scored_day,
        outcome,
        part,
        part_name

)

select
    score_model,
    scored_day,
    outcome,
    part,
    part_name,
    cast(part_order as int) as part_order,
    lowest_score,
    highest_score,
    leads,
    conversions,
    conversions / cast(leads as double) as conversion_rate,
    {{ wilson_bound('conversions', 'leads') }} as conversion_rate_low,
    {{ wilson_bound('conversions', 'leads', is_upper=true) }} as conversion_rate_high,
    expected_conversions / leads as calibrated_probability,
    (select clock.clock_date from {{ ref('int_clock') }} as clock) as evaluated_date

from counted
