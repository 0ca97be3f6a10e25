{# Grain: one row per live model, scored day, outcome and slice of the leads. #}
{%- set measured = [ten_thousandths('score'), 'leads', 'conversions', 'other_half_probability'] %}
with
counts as (
    select
        score_model,
        scored_day,
        outcome,
        slice,
        {{ slice_value() }} as slice_value,
        score,
        other_half_probability,
        count(*) as leads,
        count(case when is_converted then 1 end) as conversions,
        count(case when is_known_later then 1 end) as known_later_leads
    from {{ in_slices(ref('int_evaluation_scores')) }} as leads
    group by all
),

measured as (
    select
        score_model,
        scored_day,
        outcome,
        slice,
        slice_value,
        cast(sum(leads) as bigint) as leads,
        cast(sum(conversions) as bigint) as conversions,
        cast(sum(known_later_leads) as bigint) as known_later_leads,
        score_measures({{ lists_by(measured, 'score, other_half_probability') }}) as measures
    from counts
    group by all
),

left_out as (
    select
        scored_day,
        outcome,
        slice,
        {{ slice_value() }} as slice_value,
        count(case when status = 'decided' then 1 end) as decided_leads,
        count(case when status = 'too young' then 1 end) as young_leads
    from {{ in_slices(ref('int_evaluation_leads')) }} as leads
    group by all
)

select
    measured.score_model,
    measured.scored_day,
    measured.outcome,
    cast({{ var('outcome_days') }} as int) as outcome_days,
    measured.slice,
    measured.slice_value,
    measured.leads,
    measured.conversions,
    measured.conversions / cast(measured.leads as double) as conversion_rate,
    {{ struct_columns('measured.measures') }},
    left_out.decided_leads,
    left_out.young_leads,
    measured.known_later_leads / cast(measured.leads as double) as known_later_share,
    (select clock.clock_date from {{ ref('int_clock') }} as clock) as evaluated_date
from measured
inner join left_out
    on measured.scored_day = left_out.scored_day
    and measured.outcome = left_out.outcome
    and measured.slice = left_out.slice
    and measured.slice_value = left_out.slice_value
