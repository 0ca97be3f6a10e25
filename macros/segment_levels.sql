{# How many segments may lie below one another: one that asks for a segment that asks for none is one level up. #}
{% macro segment_levels() -%}
    {{ return(4) }}
{%- endmacro %}
