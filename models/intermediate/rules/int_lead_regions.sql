{# Grain: one row per region that a lead or persona is in; `(none)` where unknown. #}
select coalesce(region, '(none)') as lead_region from {{ ref('int_lead_profiles') }}

union

select lead_region from {{ ref('int_golden_attributes') }}
