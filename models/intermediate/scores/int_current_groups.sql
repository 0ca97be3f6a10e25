{# Grain: one row per current observation and group of its model, with what it gives, whether a rule fired or none. #}
{{ config(materialized='view') }}
select
    days.observation_id, days.lead_id, days.score_model, score_groups.score_group, score_groups.kind,
    coalesce(group_scores.rule_points, 0) as rule_points,
    coalesce(group_scores.clamped_points, score_groups.empty_clamped_points) as clamped_points,
    coalesce(group_scores.group_points, score_groups.empty_points) as group_points
from {{ ref('int_days_to_score') }} as days
inner join {{ ref('int_score_groups') }} as score_groups
    on days.score_model = score_groups.score_model
left join {{ ref('int_group_scores') }} as group_scores
    on days.observation_id = group_scores.observation_id
    and score_groups.group_number = group_scores.group_number
where days.is_current
