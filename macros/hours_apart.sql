{# Hours from one timestamp to another as decimal(18, 6), exact to the microsecond. #}
{% macro hours_apart(start_at, end_at) -%}
    {{ return(adapter.dispatch('hours_apart', 'leads')(start_at, end_at)) }}
{%- endmacro %}

{% macro default__hours_apart(start_at, end_at) -%}
    cast(
        date_diff('microsecond', {{ start_at }}, {{ end_at }}) / 3600000000.0
        as decimal(18, 6)
    )
{%- endmacro %}

{% macro spark__hours_apart(start_at, end_at) -%}
    cast(
        (unix_micros({{ end_at }}) - unix_micros({{ start_at }})) / 3600000000.0
        as decimal(18, 6)
    )
{%- endmacro %}
