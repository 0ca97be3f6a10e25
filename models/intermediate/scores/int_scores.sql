{#
    Grain: one row per observation, with its score and band: what groups give when no rule fires, and what those in which
    one did give beyond. A bound belongs to the band above it.
#}
with
fired as (
    select observation_id, cast(sum(group_points - empty_points) as decimal(18, 4)) as points
    from {{ ref('int_group_scores') }}
    group by observation_id
),

left_out as (
    select
        factors.observation_id,
        bool_or(rules.effect = 'disqualify') as is_disqualified,
        bool_or(rules.effect = 'junk') as is_junk
    from {{ ref('int_factors') }} as factors
    inner join {{ ref('int_rules') }} as rules
        on factors.rule_number = rules.rule_number
        and rules.effect <> 'points'
    group by factors.observation_id
),

raw_scores as (
    select
        days.*,
        models.scale, models.min_score, models.max_score,
        cast(empty.points + coalesce(fired.points, 0) as decimal(18, 4)) as raw_score,
        coalesce(left_out.is_disqualified, false) as is_disqualified,
        coalesce(left_out.is_junk, false) as is_junk
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
    left join left_out
        on days.observation_id = left_out.observation_id
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
    scores.observation_id, scores.lead_id, scores.score_model, scores.score_date, scores.lead_region,
    scores.is_current, scores.is_measured, scores.cause,
    scores.raw_score, scores.score,
    case when scores.is_disqualified then 'disqualified' else bands.band end as band,
    case when scores.is_disqualified then 0 else bands.band_order end as band_order,
    scores.is_disqualified, scores.is_junk
from scores
left join {{ ref('int_region_bands') }} as bands
    on scores.score_model = bands.score_model
    and scores.lead_region = bands.lead_region
    and {{ is_within('scores.score', 'bands') }}
