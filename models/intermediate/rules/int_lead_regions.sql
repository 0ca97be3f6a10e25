{# Grain: one row per region that a lead or persona is in; `(none)` where unknown. #}
select coalesce(region, '(none)') as lead_region from {{ ref('int_lead_profiles') }}

union

select trim(value) as lead_region from {{ ref('stg_points__golden_leads') }}
where attribute = 'region'

union

select '(none)' as lead_region
