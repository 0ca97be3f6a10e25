{# Grain: one row per observation and live model, with its score in numbers. #}
with

group_scores as (

    select * from {{ ref('int_group_scores') }}

),

factors as (

    select * from {{ ref('int_score_factors') }}

),

live_models as (

    select * from {{ ref('int_live_models') }}

),

attainable as (

    select * from {{ ref('int_attainable_scores') }}

),

flagged as (

    select
        lead_id,
        score_date,
        score_model,
        count(case when effect = 'disqualify' then 1 end) > 0 as is_disqualified,
        count(case when effect = 'junk' then 1 end) > 0 as is_junk

    from factors

    where effect <> 'points'

    group by
        lead_id,
        score_date,
        score_model

),

raw_scores as (

    select
        lead_id,
        lead_region,
        score_date,
        is_current,
        cause,
        score_model,
        cast(sum(group_points) as decimal(18, 4)) as raw_score,
        cast(sum(case when kind = 'fit' then group_points else 0 end) as decimal(18, 4))
            as fit_score,
        cast(sum(case when kind = 'engagement' then group_points else 0 end) as decimal(18, 4))
            as engagement_score,
        {# Grades look at the points before their weight, so that a grade can stand beside a score it is no part of. #}
        cast(sum(case when kind = 'fit' then clamped_points else 0 end) as decimal(18, 4))
            as fit_points,
        cast(sum(case when kind = 'engagement' then clamped_points else 0 end) as decimal(18, 4))
            as engagement_points

    from group_scores

    group by
        lead_id,
        lead_region,
        score_date,
        is_current,
        cause,
        score_model

),

final as (

    select
        raw_scores.*,
        cast(case live_models.scale
            when 'rescale' then {{ rescale(
                'raw_scores.raw_score',
                'attainable.low_score',
                'attainable.high_score',
                'live_models.min_score',
                'live_models.max_score'
            ) }}
            else {{ clamp('raw_scores.raw_score', 'live_models.min_score', 'live_models.max_score') }}
        end as decimal(18, 4)) as score,
        live_models.scale,
        coalesce(flagged.is_disqualified, false) as is_disqualified,
        coalesce(flagged.is_junk, false) as is_junk

    from raw_scores

    inner join live_models
        on raw_scores.score_model = live_models.score_model

    inner join attainable
        on raw_scores.score_model = attainable.score_model

    left join flagged
        on raw_scores.lead_id = flagged.lead_id
        and raw_scores.score_date = flagged.score_date
        and raw_scores.score_model = flagged.score_model

)

select * from final
