{# Grain: one row per surviving lead that is due, span of days and condition that its attributes meet. #}
with

lead_attributes as (

    select * from {{ ref('int_lead_attributes') }}

),

condition_values as (

    select * from {{ ref('int_condition_values') }}

),

final as (

    select
        lead_attributes.lead_id,
        lead_attributes.valid_from_date,
        lead_attributes.valid_until_date,
        condition_values.condition_id

    from lead_attributes

    inner join condition_values
        on lead_attributes.attribute = condition_values.attribute
        and lead_attributes.value = condition_values.value

)

select * from final
