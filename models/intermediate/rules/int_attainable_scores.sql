{#
    Grain: one row per live model: the smallest and largest raw score that its rules can reach, NULL where nothing bounds it.
    Of each rule the smallest and largest points over all its rows count, and 0 for not firing; an event rule gives its
    points as often as its limits let it.
#}
{%- set in_window = 'cast(max_per_day as bigint) * window_days' %}
{%- set most_events = 'least(coalesce(max_events, ' ~ in_window ~ '), coalesce(' ~ in_window ~ ', max_events))' %}
with
limited as (
    select
        *,
        case kind when 'event' then points * cast({{ most_events }} as decimal(18, 0)) else points end as most_points
    from {{ ref('stg_points__rules') }}
),

ranges as (
    select
        *,
        case
            when kind = 'event' and points >= 0 then {{ clamp('0', 'min_points', 'max_points') }}
            when most_points is null then min_points
            else {{ clamp('most_points', 'min_points', 'max_points') }}
        end as low_points,
        case
            when kind = 'event' and points <= 0 then {{ clamp('0', 'min_points', 'max_points') }}
            when most_points is null then max_points
            else {{ clamp('most_points', 'min_points', 'max_points') }}
        end as high_points
    from limited
),

rules as (
    select
        score_model, score_group, rule_id,
        case when count(*) = count(low_points) then least(0, min(low_points)) end as low_points,
        case when count(*) = count(high_points) then greatest(0, max(high_points)) end as high_points
    from ranges
    group by score_model, score_group, rule_id
),

sums as (
    select
        score_groups.score_model, score_groups.min_points, score_groups.max_points, score_groups.weight,
        case
            when count(rules.rule_id) = count(rules.low_points) then coalesce(sum(rules.low_points), 0)
            else score_groups.min_points
        end as low_points,
        case
            when count(rules.rule_id) = count(rules.high_points) then coalesce(sum(rules.high_points), 0)
            else score_groups.max_points
        end as high_points
    from {{ ref('int_score_groups') }} as score_groups
    left join rules
        on score_groups.score_model = rules.score_model
        and score_groups.score_group = rules.score_group
    group by
        score_groups.score_model, score_groups.score_group,
        score_groups.min_points, score_groups.max_points, score_groups.weight
)

select
    score_model,
{%- for side in ['low', 'high'] %}
    {%- set clamped = 'cast(' ~ clamp(side ~ '_points', 'min_points', 'max_points') ~ ' as decimal(18, 4))' %}
    cast(
        case when count(*) = count({{ side }}_points) then sum(round({{ clamped }} * weight, 4)) end as decimal(18, 4)
    ) as {{ side }}_score
    {{- ',' if not loop.last }}
{%- endfor %}
from sums
group by score_model
