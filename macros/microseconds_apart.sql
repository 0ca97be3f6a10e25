{# Microseconds from one timestamp or date to another, a whole number. #}
{% macro microseconds_apart(start_at, end_at) -%}
    {{ return(adapter.dispatch('microseconds_apart', 'leads')(start_at, end_at)) }}
{%- endmacro %}

{% macro default__microseconds_apart(start_at, end_at) -%}
    date_diff('microsecond', {{ start_at }}, {{ end_at }})
{%- endmacro %}

{% macro spark__microseconds_apart(start_at, end_at) -%}
    (unix_micros(cast({{ end_at }} as timestamp)) - unix_micros(cast({{ start_at }} as timestamp)))
{%- endmacro %}
