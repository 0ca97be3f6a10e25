{# Grain: one row per live model and group of rules, with what the group gives when none of them fires. #}
with

score_groups as (

    select * from {{ ref('stg_points__score_groups') }}
    where score_model in (select live_models.score_model from {{ ref('int_live_models') }} as live_models)

),

clamped as (

    select
        *,
        cast({{ clamp('cast(0 as decimal(18, 4))', 'min_points', 'max_points') }} as decimal(18, 4)) as clamped_points

    from score_groups

)

select
    *,
    cast(row_number() over (order by score_model, score_group) as int) as group_number,
    cast(round(clamped_points * weight, 4) as decimal(18, 4)) as group_points

from clamped
