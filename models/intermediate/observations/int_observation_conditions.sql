{#
    Grain: one row per surviving lead, score date and condition on an attribute, a measure or a segment's
    attribute that holds then.
#}
with

observations as (

    select distinct
        lead_id,
        score_date

    from {{ ref('int_score_observations') }}

),

lead_attributes as (

    select * from {{ ref('int_lead_attributes') }}

),

measures as (

    select * from {{ ref('int_observation_measures') }}

),

condition_values as (

    select * from {{ ref('int_condition_values') }}

),

lead_conditions as (

    select
        lead_attributes.lead_id,
        lead_attributes.valid_from_date,
        lead_attributes.valid_until_date,
        condition_values.condition_id

    from lead_attributes

    inner join condition_values
        on lead_attributes.attribute = condition_values.attribute
        and lead_attributes.value = condition_values.value

),

final as (

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

    from measures

    inner join condition_values
        on measures.attribute = condition_values.attribute
        and measures.value = condition_values.value

)

select * from final
