{#
    Grain: one row per surviving lead, live model, day on which the models are measured, and rule that
    fired. It grows from build to build, as int_past_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models'},
    pre_hook="{{ forget(ref('int_due_leads'), ['lead_id', 'score_model'], since=['score_date', 'history_from_date']) }}"
) }}
with

observations as (

    select * from {{ ref('int_score_observations') }}
    where is_measured

),

factors as (

    select * from {{ ref('int_factors') }}

),

rules as (

    select * from {{ ref('int_rules') }}

),

final as (

    select
        observations.lead_id,
        observations.score_model,
        observations.score_date,
        observations.lead_region,
        rules.rule_id,
        factors.points,
        factors.units

    from observations

    inner join factors
        on observations.observation_id = factors.observation_id

    inner join rules
        on factors.rule_number = rules.rule_number

)

select * from final
