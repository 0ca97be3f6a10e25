{#
    Grain: one row per observation, with its score and band: what groups give when no rule fires, and what those in which
    one did give beyond. A bound belongs to the band above it.
#}
with

fired as (

    select
        observation_id,
        cast(sum(group_points - empty_points) as decimal(18, 4)) as points,
        bool_or(is_disqualified) as is_disqualified,
        bool_or(is_junk) as is_junk
    from {{ ref('int_group_scores') }}
    group by observation_id

),

raw_scores as (

    select
        days.*,
        models.scale,
        models.min_score,
        models.max_score,
        cast(empty.points + coalesce(fired.points, 0) as decimal(18, 4)) as raw_score,
        coalesce(fired.is_disqualified, false) as is_disqualified,
        coalesce(fired.is_junk, false) as is_junk
    from {{ ref('int_days_to_score') }} as days
    inner join {{ ref('int_live_models') }} as models
        on days.score_model = models.score_model
    inner join (
        select score_model, sum(empty_points) as points from {{ ref('int_score_groups') }}
        group by score_model
    ) as empty
        on days.score_model = empty.score_model
    left join fired
        on days.observation_id = fired.observation_id

),

scores as (

    select
        raw_scores.*,
        cast(case raw_scores.scale
            when 'rescale' then {{ rescale(
                'raw_scores.raw_score', 'attainable.low_score', 'attainable.high_score', 'raw_scores.min_score', 'raw_scores.max_score'
            ) }}
            else {{ clamp('raw_scores.raw_score', 'raw_scores.min_score', 'raw_scores.max_score') }}
        end as decimal(18, 4)) as score
    from raw_scores
    inner join {{ ref('int_attainable_scores') }} as attainable
        on raw_scores.score_model = attainable.score_model

)

select
    scores.*,
    case when scores.is_disqualified then 'disqualified' else bands.band end as band,
    case when scores.is_disqualified then 0 else bands.band_order end as band_order,
    case when not scores.is_disqualified then bands.next_action end as next_action

from scores

left join {{ ref('int_region_bands') }} as bands
    on scores.score_model = bands.score_model
    and scores.lead_region = bands.lead_region
    and {{ is_within('scores.score', 'bands') }}
