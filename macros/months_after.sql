{#
    The moment a number of months after a day or timestamp: the same day of the month, or its last where
    that month is shorter.
#}
{% macro months_after(moment, months) -%}
    {{ return(adapter.dispatch('months_after', 'leads')(moment, months)) }}
{%- endmacro %}

{% macro default__months_after(moment, months) -%}
    {{ moment }} + to_months({{ months }})
{%- endmacro %}

{% macro spark__months_after(moment, months) -%}
    timestampadd(month, {{ months }}, {{ moment }})
{%- endmacro %}
