{# The day a number of days after a date. #}
{% macro days_after(date, days) -%}
    {{ return(adapter.dispatch('days_after', 'leads')(date, days)) }}
{%- endmacro %}

{% macro default__days_after(date, days) -%}
    {{ date }} + cast({{ days }} as integer)
{%- endmacro %}

{% macro spark__days_after(date, days) -%}
    date_add({{ date }}, cast({{ days }} as int))
{%- endmacro %}
