{# Grain: one row per observation and rule that fired, over all families of rules. #}
{{ config(materialized='view') }}
{%- for family in ['attributes', 'events', 'inactivity'] %}
    select * from {{ ref('int_factors__' ~ family) }}
    {{- ' union all' if not loop.last }}
{%- endfor %}
