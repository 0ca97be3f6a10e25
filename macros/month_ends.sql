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
    explode(transform(
        filter(
            sequence(
                trunc({{ start_date }}, 'MM'),
                greatest({{ end_date }}, trunc({{ start_date }}, 'MM')),
                interval 1 month
            ),
            month_start -> month_start <= {{ end_date }}
        ),
        month_start -> last_day(month_start)
    ))
{%- endmacro %}
