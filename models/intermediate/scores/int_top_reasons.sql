{#
    Grain: one row per current observation with a reason: its three strongest for and the strongest against, in words.
    Points that every lead has are no reason. Rules are numbered in the order of their ids.
#}
{{ config(materialized='view') }}
with
ranked as (
    select
        factors.observation_id, factors.rule_number, factors.points,
        row_number() over (
            partition by factors.observation_id, factors.points > 0
            order by abs(factors.points) desc, factors.rule_number asc
        ) as strength
    from {{ ref('int_factors') }} as factors
    inner join {{ ref('int_days_to_score') }} as days
        on factors.observation_id = days.observation_id and days.is_current
    inner join {{ ref('int_rules') }} as rules on factors.rule_number = rules.rule_number and not rules.is_of_all_leads
    where factors.points <> 0
),

strongest as (
    select
        ranked.observation_id,
        case when ranked.points > 0 then ranked.strength else 4 end as position,
        rules.reason || ' (' || case when ranked.points > 0 then '+' else '' end
        || {{ number_text('round(ranked.points, 1)') }} || ')' as reason_text
    from ranked
    inner join {{ ref('int_rules') }} as rules on ranked.rule_number = rules.rule_number
    where ranked.strength = 1 or (ranked.points > 0 and ranked.strength <= 3)
)

select
    observation_id,
    concat_ws(
        '; ',
        max(case when position = 1 then reason_text end), max(case when position = 2 then reason_text end),
        max(case when position = 3 then reason_text end), max(case when position = 4 then reason_text end)
    ) as top_reasons
from strongest
group by observation_id
