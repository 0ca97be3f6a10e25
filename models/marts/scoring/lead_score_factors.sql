{#
    Grain: one row per lead, live model and reason at the clock: each rule that fired, and each group
    limit, weight or scale that changed the sum. The points of a lead and model add up to its score
    exactly. It grows from build to build: the reasons of leads that are due are told anew.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append' if target.type == 'spark' else 'renew',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id', 'score_model']}
) }}
with

factors as (

    select * from {{ ref('int_score_factors') }}
    where is_current

),

scores as (

    select * from {{ ref('int_banded_scores') }}
    where is_current

),

reasons as (

    select
        lead_id,
        score_model,
        score_group,
        rule_id,
        reason,
        points,
        occurrences,
        last_event_date

    from factors

    union all

    select
        lead_id,
        score_model,
        score_group,
        'group_limit' as rule_id,
        'Limit of the group ' || score_group as reason,
        clamped_points - rule_points as points,
        null as occurrences,
        null as last_event_date

    from {{ ref('int_current_groups') }}

    where clamped_points <> rule_points

    union all

    select
        lead_id,
        score_model,
        score_group,
        'group_weight' as rule_id,
        'Weight of the group ' || score_group as reason,
        group_points - clamped_points as points,
        null as occurrences,
        null as last_event_date

    from {{ ref('int_current_groups') }}

    where group_points <> clamped_points

    union all

    select
        lead_id,
        score_model,
        '(score)' as score_group,
        'score_scale' as rule_id,
        case scale
            when 'rescale' then 'Rescaled to the range of scores'
            else 'Limit of the score'
        end as reason,
        score - raw_score as points,
        null as occurrences,
        null as last_event_date

    from scores

    where score <> raw_score

)

select
    lead_id,
    score_model,
    score_group,
    rule_id,
    reason,
    cast(points as decimal(18, 4)) as points,
    cast(occurrences as bigint) as occurrences,
    cast(last_event_date as date) as last_event_date

from reasons
