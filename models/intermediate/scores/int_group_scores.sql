{#
    Grain: one row per observation, live model and group: the sum of its rules, held within the group's
    bounds, then weighted.
#}
with

observations as (

    select * from {{ ref('int_score_observations') }}

),

score_groups as (

    select * from {{ ref('stg_points__score_groups') }}

),

factors as (

    select * from {{ ref('int_score_factors') }}

),

rule_sums as (

    select
        lead_id,
        score_date,
        score_model,
        score_group,
        cast(sum(points) as decimal(18, 4)) as rule_points

    from factors

    group by
        lead_id,
        score_date,
        score_model,
        score_group

),

summed as (

    select
        observations.lead_id,
        observations.lead_region,
        observations.score_date,
        observations.is_current,
        observations.cause,
        score_groups.score_model,
        score_groups.score_group,
        score_groups.kind,
        score_groups.min_points,
        score_groups.max_points,
        score_groups.weight,
        coalesce(rule_sums.rule_points, 0) as rule_points

    from observations

    inner join score_groups
        on observations.score_model = score_groups.score_model

    left join rule_sums
        on observations.lead_id = rule_sums.lead_id
        and observations.score_date = rule_sums.score_date
        and score_groups.score_model = rule_sums.score_model
        and score_groups.score_group = rule_sums.score_group

),

clamped as (

    select
        *,
        {{ clamp('rule_points', 'min_points', 'max_points') }} as clamped_points

    from summed

),

final as (

    select
        *,
        cast(round(clamped_points * weight, 4) as decimal(18, 4)) as group_points

    from clamped

)

select * from final
