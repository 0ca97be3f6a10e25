{# Grain: one row per lead, live model, day at whose end the lead is scored, and rule that fired. #}
{{ config(materialized='view') }}
with

observations as (

    select * from {{ ref('int_score_observations') }}

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
        observations.lead_region,
        observations.score_date,
        observations.is_current,
        observations.is_measured,
        factors.observation_id,
        rules.score_model,
        rules.score_group,
        rules.rule_id,
        rules.reason,
        rules.effect,
        factors.points,
        factors.units,
        factors.occurrences,
        factors.last_event_date

    from factors

    inner join observations
        on factors.observation_id = observations.observation_id

    inner join rules
        on factors.rule_number = rules.rule_number

)

select * from final
