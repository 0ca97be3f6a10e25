{#
    Grain: one row per observation and group in which a rule fired: the sum of its rules, held within the
    group's bounds, then weighted.
#}
with

score_groups as (

    select * from {{ ref('stg_points__score_groups') }}

),

factors as (

    select * from {{ ref('int_factors') }}

),

rule_sums as (

    select
        observation_id,
        score_model,
        score_group,
        cast(sum(points) as decimal(18, 4)) as rule_points

    from factors

    group by
        observation_id,
        score_model,
        score_group

),

clamped as (

    select
        rule_sums.*,
        score_groups.weight,
        {{ clamp('rule_sums.rule_points', 'score_groups.min_points', 'score_groups.max_points') }} as clamped_points

    from rule_sums

    inner join score_groups
        on rule_sums.score_model = score_groups.score_model
        and rule_sums.score_group = score_groups.score_group

),

final as (

    select
        observation_id,
        score_model,
        score_group,
        rule_points,
        cast(clamped_points as decimal(18, 4)) as clamped_points,
        cast(round(clamped_points * weight, 4) as decimal(18, 4)) as group_points

    from clamped

)

select * from final
