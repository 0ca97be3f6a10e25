{#
    Grain: one row per live model: the smallest and largest raw score that its rules can reach, NULL where
    nothing bounds it. Of each rule the smallest and largest points over all its rows count, and 0 for not
    firing.
#}
with

single_rules as (

    select
        score_model,
        score_group,
        rule_id,
        points
    from {{ ref('stg_points__attribute_rules') }}

    union all

    select
        score_model,
        score_group,
        rule_id,
        points
    from {{ ref('stg_points__inactivity_rules') }}

),

event_rules as (

    select
        score_model,
        score_group,
        rule_id,
        min_points,
        max_points,
        points,
        points * cast(
            least(
                coalesce(max_events, cast(max_per_day as bigint) * window_days),
                coalesce(cast(max_per_day as bigint) * window_days, max_events)
            ) as decimal(18, 0)
        ) as extreme_points

    from {{ ref('stg_points__event_rules') }}

),

fired as (

    select
        score_model,
        score_group,
        rule_id,
        points as low_points,
        points as high_points

    from single_rules

    union all

    select
        score_model,
        score_group,
        rule_id,
        case
            when points >= 0 then {{ clamp('0', 'min_points', 'max_points') }}
            when extreme_points is null then min_points
            else {{ clamp('extreme_points', 'min_points', 'max_points') }}
        end as low_points,
        case
            when points <= 0 then {{ clamp('0', 'min_points', 'max_points') }}
            when extreme_points is null then max_points
            else {{ clamp('extreme_points', 'min_points', 'max_points') }}
        end as high_points

    from event_rules

),

rule_ranges as (

    select
        score_model,
        score_group,
        rule_id,
        case when count(*) = count(low_points) then least(0, min(low_points)) end as low_points,
        case when count(*) = count(high_points) then greatest(0, max(high_points)) end
            as high_points

    from fired

    group by
        score_model,
        score_group,
        rule_id

),

group_ranges as (

    select
        score_groups.score_model,
        score_groups.score_group,
        score_groups.min_points,
        score_groups.max_points,
        score_groups.weight,
        case
            when count(rule_ranges.rule_id) = count(rule_ranges.low_points)
                then coalesce(sum(rule_ranges.low_points), 0)
            else score_groups.min_points
        end as low_points,
        case
            when count(rule_ranges.rule_id) = count(rule_ranges.high_points)
                then coalesce(sum(rule_ranges.high_points), 0)
            else score_groups.max_points
        end as high_points

    from {{ ref('stg_points__score_groups') }} as score_groups

    left join rule_ranges
        on score_groups.score_model = rule_ranges.score_model
        and score_groups.score_group = rule_ranges.score_group

    group by
        score_groups.score_model,
        score_groups.score_group,
        score_groups.min_points,
        score_groups.max_points,
        score_groups.weight

),

weighted as (

    select
        score_model,
        round(
            cast({{ clamp('low_points', 'min_points', 'max_points') }} as decimal(18, 4)) * weight, 4
        ) as low_points,
        round(
            cast({{ clamp('high_points', 'min_points', 'max_points') }} as decimal(18, 4)) * weight, 4
        ) as high_points

    from group_ranges

)

select
    live_models.score_model,
    cast(case
        when count(*) = count(weighted.low_points) then sum(weighted.low_points)
    end as decimal(18, 4)) as low_score,
    cast(case
        when count(*) = count(weighted.high_points) then sum(weighted.high_points)
    end as decimal(18, 4)) as high_score

from {{ ref('int_live_models') }} as live_models

inner join weighted
    on live_models.score_model = weighted.score_model

group by live_models.score_model
