{#
    Grain: one row per surviving lead, score date and condition that holds then and is looked up by date: on
    a measure, or on an attribute that a segment asks for.
#}
{{ config(materialized='view') }}
with

observations as (

    select distinct
        lead_id,
        score_date

    from {{ ref('int_score_observations') }}

),

lead_conditions as (

    select * from {{ ref('int_lead_conditions') }}
    where condition_id in (
            select segments.condition_id
            from {{ ref('stg_mapping__segments') }} as segments
        )

)

select
    observations.lead_id,
    observations.score_date,
    lead_conditions.condition_id

from observations

inner join lead_conditions
    on observations.lead_id = lead_conditions.lead_id
    and observations.score_date >= lead_conditions.valid_from_date
    and observations.score_date < lead_conditions.valid_until_date

union all

select
    measures.lead_id,
    measures.score_date,
    condition_values.condition_id

from {{ ref('int_observation_measures') }} as measures

inner join {{ ref('int_condition_values') }} as condition_values
    on measures.attribute = condition_values.attribute
    and measures.value = condition_values.value
