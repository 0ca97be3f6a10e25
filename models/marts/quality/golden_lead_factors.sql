{#
    Grain: one row per persona of golden_leads, scoring model and rule that fires for it, with the score
    and band that it lands in.
#}
with
golden_leads as (
    select distinct lead_id, persona, score_model, expected_band
    from {{ ref('stg_points__golden_leads') }}
)

select
    golden_leads.persona,
    golden_leads.score_model,
    golden_leads.expected_band,
    scores.band,
    scores.score,
    coalesce(rules.rule_id, '(none)') as rule_id,
    coalesce(factors.points, 0) as points
from golden_leads
inner join {{ ref('int_scores') }} as scores
    on golden_leads.lead_id = scores.lead_id
    and golden_leads.score_model = scores.score_model
left join {{ ref('int_factors') }} as factors
    on scores.observation_id = factors.observation_id
left join {{ ref('int_rules') }} as rules
    on factors.rule_number = rules.rule_number
