{# Grain: one row per current observation and group of its model, with what it gives, whether a rule fired or none. #}
{{ config(materialized='view') }}
with

observations as (

    select * from {{ ref('int_score_observations') }}
    where is_current

)

select
    observations.observation_id,
    observations.lead_id,
    observations.score_model,
    idle_groups.score_group,
    idle_groups.kind,
    coalesce(group_scores.rule_points, 0) as rule_points,
    coalesce(group_scores.clamped_points, idle_groups.clamped_points) as clamped_points,
    coalesce(group_scores.group_points, idle_groups.group_points) as group_points

from observations

inner join {{ ref('int_idle_groups') }} as idle_groups
    on observations.score_model = idle_groups.score_model

left join {{ ref('int_group_scores') }} as group_scores
    on observations.observation_id = group_scores.observation_id
    and idle_groups.group_number = group_scores.group_number
