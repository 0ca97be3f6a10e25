{# Set-returning: the last days of the months from the month of one date up to another date. #}
{% macro month_ends(start_date, end_date) -%}
    {{ return(adapter.dispatch('month_ends', 'leads')(start_date, end_date)) }}
{%- endmacro %}

{% macro default__month_ends(start_date, end_date) -%}
    last_day(cast(unnest(
        generate_series(date_trunc('month', {{ start_date }}), {{ end_date }}, interval 1 month)
    ) as date))
{%- endmacro %}

{% macro spark__month_ends(start_date, end_date) -%}
    last_day(explode(sequence(trunc({{ start_date }}, 'MM'), {{ end_date }}, interval 1 month)))
{%- endmacro %}
