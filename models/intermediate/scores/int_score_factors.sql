{# Grain: one row per lead, live model, day at whose end the lead is scored, and rule that fired. #}
{{ config(materialized='view') }}
with

observations as (

    select * from {{ ref('int_score_observations') }}

),

factors as (

    select * from {{ ref('int_factors') }}

),

final as (

    select
        observations.lead_id,
        observations.lead_region,
        observations.score_date,
        observations.is_current,
        factors.*

    from factors

    inner join observations
        on factors.observation_id = observations.observation_id

)

select * from final
