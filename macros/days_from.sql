{# Set-returning: the days from one date to another, both included; none where either is NULL. #}
{% macro days_from(first_date, last_date) -%}
    {{ return(adapter.dispatch('days_from', 'leads')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__days_from(first_date, last_date) -%}
    cast(
        unnest(range({{ first_date }}, {{ last_date }} + interval 1 day, interval 1 day)) as date
    )
{%- endmacro %}

{% macro spark__days_from(first_date, last_date) -%}
    explode(sequence({{ first_date }}, {{ last_date }}, interval 1 day))
{%- endmacro %}
