{# Hours from one timestamp to another as decimal(18, 6), rounded half away from zero. #}
{% macro hours_apart(start_at, end_at) -%}
    {{ millionths_apart(start_at, end_at, seconds=3600) }}
{%- endmacro %}
