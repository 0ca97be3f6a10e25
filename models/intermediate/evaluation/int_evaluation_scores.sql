{#
    Grain: one row per lead, live model, scored day and outcome that count when the models are measured:
    the lead had not got there and had the time to.
#}
{%- set counted = ['score', 'leads', 'conversions', 'first_half_leads', 'first_half_conversions'] %}
with
scores as (
    select
        leads.*,
        scores.score_model, scores.score, scores.band, scores.band_order,
        {# Calibration is fitted on one half of the leads and measured on the other. #}
        {{ hash_bucket("'half ' || leads.lead_id") }} < 5000 as is_first_half
    from {{ ref('int_evaluation_leads') }} as leads
    inner join {{ ref('int_scored_days') }} as scores
        on leads.lead_id = scores.lead_id
        and leads.score_date = scores.score_date
        and scores.is_measured
    where leads.status = 'evaluated'
),

counts as (
    select
        score_model, scored_day, outcome, score,
        count(*) as leads,
        count(case when is_converted then 1 end) as conversions,
        count(case when is_first_half then 1 end) as first_half_leads,
        count(case when is_first_half and is_converted then 1 end) as first_half_conversions
    from scores
    group by all
),

calibrated as (
    select
        score_model, scored_day, outcome,
        {{ struct_rows('calibrated_scores(' ~ lists_by(counted, 'score') ~ ')') }}
    from counts
    group by score_model, scored_day, outcome
)

select
    scores.*,
    calibrated.bin, calibrated.probability,
    case
        when scores.is_first_half then calibrated.probability_by_second_half
        else calibrated.probability_by_first_half
    end as other_half_probability
from scores
inner join calibrated
    on scores.score_model = calibrated.score_model
    and scores.scored_day = calibrated.scored_day
    and scores.outcome = calibrated.outcome
    and scores.score = calibrated.score
