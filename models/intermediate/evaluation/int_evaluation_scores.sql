{#
    Grain: one row per lead, live model, scored day and outcome that count when the models are measured:
    the lead had not got there and had the time to.
#}
with

leads as (

    select * from {{ ref('int_evaluation_leads') }}
    where status = 'evaluated'

)

select
    leads.lead_id,
    scores.score_model,
    leads.scored_day,
    leads.outcome,
    leads.score_date,
    leads.created_month,
    leads.channel,
    leads.region,
    leads.is_known_later,
    leads.is_converted,
    scores.score,
    scores.band,
    scores.band_order,
    {# Calibration is fitted on one half of the leads and measured on the other. #}
    {{ hash_bucket("'half ' || leads.lead_id") }} < 5000 as is_first_half

from leads

inner join {{ ref('int_scored_days') }} as scores
    on leads.lead_id = scores.lead_id
    and leads.score_date = scores.score_date
