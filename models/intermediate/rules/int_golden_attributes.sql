{#
    Grain: one row per persona and attribute that a rule asks for, '' where the persona does not have it.
    Personas are scored as leads are.
#}
with
used as (
    select distinct attribute from {{ ref('int_model_attributes') }}
),

personas as (
    select
        lead_id,
        coalesce(max(case when attribute = 'region' then value end), '(none)') as lead_region
    from {{ ref('stg_points__golden_leads') }}
    group by lead_id
)

select
    personas.lead_id, personas.lead_region, used.attribute,
    coalesce(max(golden_leads.value), '') as value
from personas
cross join used
left join {{ ref('stg_points__golden_leads') }} as golden_leads
    on personas.lead_id = golden_leads.lead_id
    and used.attribute = golden_leads.attribute
group by personas.lead_id, personas.lead_region, used.attribute
