{# Days from one timestamp to another as decimal(18, 6), exact to the microsecond. #}
{% macro days_apart(start_at, end_at) -%}
    {{ return(adapter.dispatch('days_apart', 'leads')(start_at, end_at)) }}
{%- endmacro %}

{% macro default__days_apart(start_at, end_at) -%}
    cast(
        date_diff('microsecond', {{ start_at }}, {{ end_at }}) / 86400000000.0
        as decimal(18, 6)
    )
{%- endmacro %}

{% macro spark__days_apart(start_at, end_at) -%}
    cast(
        (unix_micros({{ end_at }}) - unix_micros({{ start_at }})) / 86400000000.0
        as decimal(18, 6)
    )
{%- endmacro %}
