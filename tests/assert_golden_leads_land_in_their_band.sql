{#
    Each persona of golden_leads lands in the band that the analyst expects; a row tells the score and the
    points of each rule.
#}
with

expected as (

    select distinct
        lead_id,
        persona,
        score_model,
        expected_band

    from {{ ref('stg_points__golden_leads') }}

),

scores as (

    select * from {{ ref('int_banded_scores') }}

),

rules as (

    select
        lead_id,
        score_model,
        {{ ordered_list("rule_id || ' ' || cast(points as string)", 'rule_id', ', ') }} as rules

    from {{ ref('int_score_factors') }}

    where lead_id like 'golden lead: %'

    group by
        lead_id,
        score_model

)

select
    expected.persona,
    expected.score_model,
    expected.expected_band,
    scores.band,
    scores.score,
    rules.rules

from expected

inner join scores
    on expected.lead_id = scores.lead_id
    and expected.score_model = scores.score_model

left join rules
    on expected.lead_id = rules.lead_id
    and expected.score_model = rules.score_model

where scores.band is distinct from expected.expected_band
