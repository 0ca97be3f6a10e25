{#
    Grain: one row per observation and live model, with its score in numbers: what groups give when no rule
    fires, and what those in which one did give beyond.
#}
{{ config(materialized='view') }}
with

flagged as (

    select
        factors.observation_id,
        count(case when rules.effect = 'disqualify' then 1 end) > 0 as is_disqualified,
        count(case when rules.effect = 'junk' then 1 end) > 0 as is_junk

    from {{ ref('int_factors') }} as factors

    inner join {{ ref('int_rules') }} as rules
        on factors.rule_number = rules.rule_number

    where rules.effect <> 'points'

    group by factors.observation_id

),

idle as (

    select
        score_model,
        sum(group_points) as raw_score

    from {{ ref('int_idle_groups') }}

    group by score_model

),

beyond as (

    select
        group_scores.observation_id,
        cast(sum(group_scores.group_points - idle_groups.group_points) as decimal(18, 4)) as raw_score

    from {{ ref('int_group_scores') }} as group_scores

    inner join {{ ref('int_idle_groups') }} as idle_groups
        on group_scores.group_number = idle_groups.group_number

    group by group_scores.observation_id

),

raw_scores as (

    select
        observations.observation_id,
        observations.lead_id,
        observations.lead_region,
        observations.score_date,
        observations.is_current,
        observations.is_measured,
        observations.cause,
        observations.score_model,
        cast(idle.raw_score + coalesce(beyond.raw_score, 0) as decimal(18, 4)) as raw_score

    from {{ ref('int_score_observations') }} as observations

    inner join idle
        on observations.score_model = idle.score_model

    left join beyond
        on observations.observation_id = beyond.observation_id

)

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

inner join {{ ref('int_live_models') }} as live_models
    on raw_scores.score_model = live_models.score_model

inner join {{ ref('int_attainable_scores') }} as attainable
    on raw_scores.score_model = attainable.score_model

left join flagged
    on raw_scores.observation_id = flagged.observation_id
