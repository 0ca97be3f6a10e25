{# Grain: one row per surviving lead, span of days and condition that its attributes meet. #}
select
    lead_attributes.lead_id,
    lead_attributes.valid_from_date,
    lead_attributes.valid_until_date,
    condition_values.condition_id

from {{ ref('int_lead_attributes') }} as lead_attributes

inner join {{ ref('int_condition_values') }} as condition_values
    on lead_attributes.attribute = condition_values.attribute
    and lead_attributes.value = condition_values.value
