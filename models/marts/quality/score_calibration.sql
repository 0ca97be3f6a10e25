{#
    Grain: one row per live model, scored day, outcome and part of the scores: a band, or a tenth of the
    leads by score. Each half of the leads has the calibrated probabilities fitted on the other.
#}
{%- set parts = {'band': ('band', 'band_order'), 'decile': ('cast(decile as string)', 'decile')} %}
with
scores as (
    {# Two bins make a tenth. #}
    select
        *,
        {{ integer_divide('bin', 2) }} + 1 as decile
    from {{ ref('int_evaluation_scores') }}
),

counted as (
    {%- for part, (part_name, part_order) in parts.items() %}
        select
            score_model,
            scored_day,
            outcome,
            '{{ part }}' as part,
            {{ part_name }} as part_name,
            cast(min({{ part_order }}) as int) as part_order,
            min(score) as lowest_score,
            max(score) as highest_score,
            count(*) as leads,
            count(case when is_converted then 1 end) as conversions,
            cast(sum(cast(other_half_probability as decimal(18, 12))) as double) as expected_conversions
        from scores
        where {{ part_name }} is not null
        group by all
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

measured as (
    select
        *,
        conversion_rate(conversions, leads) as rate
    from counted
)

select
    score_model,
    scored_day,
    outcome,
    part,
    part_name,
    part_order,
    lowest_score,
    highest_score,
    leads,
    conversions,
    {{ struct_columns('rate') }},
    expected_conversions / leads as calibrated_probability,
    (select clock.clock_date from {{ ref('int_clock') }} as clock) as evaluated_date
from measured
