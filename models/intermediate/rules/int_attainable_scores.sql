{#
    Grain: one row per live model: the smallest and largest raw score that its rules can reach, NULL where nothing
    bounds it. Of each rule the smallest and largest points over all its rows count, and 0 for not firing.
#}
with

extremes as (

    {# At most as often as its limits let it, an event rule gives its points; without limits nothing holds them. #}
    select
        *,
        case
            when kind = 'event' then points * cast(
                least(
                    coalesce(max_events, cast(max_per_day as bigint) * window_days),
                    coalesce(cast(max_per_day as bigint) * window_days, max_events)
                ) as decimal(18, 0)
            )
            else points
        end as extreme_points
    from {{ ref('stg_points__rules') }}

),

rule_ranges as (

    select
        score_model,
        score_group,
        rule_id,
        {%- for side, sign, bound, worst in [('low', '>=', 'min', 'least'), ('high', '<=', 'max', 'greatest')] %}
            case when count(*) = count(case
                when points {{ sign }} 0 or extreme_points is not null or {{ bound }}_points is not null then 1
            end) then {{ worst }}(0, {{ bound }}(case
                when points {{ sign }} 0 and kind = 'event' then {{ clamp('0', 'min_points', 'max_points') }}
                when extreme_points is null then {{ bound }}_points
                else {{ clamp('extreme_points', 'min_points', 'max_points') }}
            end)) end as {{ side }}_points
            {{- ',' if not loop.last }}
        {%- endfor %}
    from extremes
    group by score_model, score_group, rule_id

),

weighted as (

    select
        score_groups.score_model,
        {%- for side, bound in [('low', 'min'), ('high', 'max')] %}
            {%- set sum = 'case when count(rule_ranges.rule_id) = count(rule_ranges.' ~ side ~ '_points) then coalesce(sum(rule_ranges.'
                ~ side ~ '_points), 0) else score_groups.' ~ bound ~ '_points end' %}
            round(
                cast({{ clamp(sum, 'score_groups.min_points', 'score_groups.max_points') }} as decimal(18, 4)) * score_groups.weight, 4
            ) as {{ side }}_points
            {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_score_groups') }} as score_groups
    left join rule_ranges
        on score_groups.score_model = rule_ranges.score_model
        and score_groups.score_group = rule_ranges.score_group
    group by score_groups.score_model, score_groups.score_group, score_groups.min_points, score_groups.max_points, score_groups.weight

)

select
    score_model,
    cast(case when count(*) = count(low_points) then sum(low_points) end as decimal(18, 4)) as low_score,
    cast(case when count(*) = count(high_points) then sum(high_points) end as decimal(18, 4)) as high_score

from weighted

group by score_model
