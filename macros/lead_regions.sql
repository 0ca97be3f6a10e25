{# A query of the regions that a lead or persona is in; `(none)` where unknown. #}
{% macro lead_regions() -%}
    select coalesce(region, '(none)') as lead_region from {{ ref('int_lead_profiles') }}
    union
    select value as lead_region from {{ ref('stg_points__golden_leads') }}
    where attribute = 'region'
    union
    select '(none)' as lead_region
{%- endmacro %}
