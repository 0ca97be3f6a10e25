{#
    Grain: one row per persona of golden_leads, scoring model and rule that fires for it, with the score
    and band that it lands in.
#}
with

golden_leads as (

    select distinct
        lead_id,
        persona,
        score_model,
        expected_band

    from {{ ref('stg_points__golden_leads') }}

)

select
    golden_leads.persona,
    golden_leads.score_model,
    golden_leads.expected_band,
    scores.band,
    scores.score,
    coalesce(factors.rule_id, '(none)') as rule_id,
    coalesce(factors.points, 0) as points

from golden_leads

inner join {{ ref('int_banded_scores') }} as scores
    on golden_leads.lead_id = scores.lead_id
    and golden_leads.score_model = scores.score_model

left join {{ ref('int_score_factors') }} as factors
    on golden_leads.lead_id = factors.lead_id
    and golden_leads.score_model = factors.score_model
