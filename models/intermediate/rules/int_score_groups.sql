{# Grain: one row per live model and group of rules, with what the group gives when none of them fires. #}
with
clamped as (
    select
        score_groups.score_model, score_groups.score_group, score_groups.kind,
        score_groups.min_points, score_groups.max_points,
        coalesce(score_groups.weight, 1) as weight,
        cast(
            {{ clamp('cast(0 as decimal(18, 4))', 'score_groups.min_points', 'score_groups.max_points') }}
            as decimal(18, 4)
        ) as empty_clamped_points
    from {{ ref('score_groups') }} as score_groups
    inner join {{ ref('int_live_models') }} as live_models
        on score_groups.score_model = live_models.score_model
)

select
    *,
    cast(row_number() over (order by score_model, score_group) as int) as group_number,
    cast(round(empty_clamped_points * weight, 4) as decimal(18, 4)) as empty_points
from clamped
