{#
    Grain: one row per observation and group in which a rule fired: the sum of its rules, held within the group's bounds,
    then weighted.
#}
with
rule_sums as (
    select
        factors.observation_id, rules.group_number,
        cast(sum(factors.points) as decimal(18, 4)) as rule_points
    from {{ ref('int_factors') }} as factors
    inner join {{ ref('int_rules') }} as rules
        on factors.rule_number = rules.rule_number
    group by factors.observation_id, rules.group_number
),

clamped as (
    select
        rule_sums.*,
        score_groups.weight, score_groups.empty_points,
        cast(
            {{ clamp('rule_sums.rule_points', 'score_groups.min_points', 'score_groups.max_points') }} as decimal(18, 4)
        ) as clamped_points
    from rule_sums
    inner join {{ ref('int_score_groups') }} as score_groups
        on rule_sums.group_number = score_groups.group_number
)

select
    *,
    cast(round(clamped_points * weight, 4) as decimal(18, 4)) as group_points
from clamped
