{#
    The day of a UTC timestamp in the time zone of the var `reporting_time_zone`; only what is counted by
    period uses it.
#}
{% macro reporting_date(timestamp) -%}
    {{ return(adapter.dispatch('reporting_date', 'leads')(timestamp)) }}
{%- endmacro %}

{% macro default__reporting_date(timestamp) -%}
    cast(
        timezone('{{ var("reporting_time_zone") }}', timezone('UTC', {{ timestamp }}))
        as date
    )
{%- endmacro %}

{% macro spark__reporting_date(timestamp) -%}
    to_date(from_utc_timestamp({{ timestamp }}, '{{ var("reporting_time_zone") }}'))
{%- endmacro %}
