{# A timestamp of UTC as the time of day in the zone of the var time_zone. #}
{% macro in_zone(timestamp) -%}
    {{ return(adapter.dispatch('in_zone', 'leads')(timestamp)) }}
{%- endmacro %}

{% macro default__in_zone(timestamp) -%}
    timezone('{{ var("time_zone") }}', timezone('UTC', {{ timestamp }}))
{%- endmacro %}

{% macro spark__in_zone(timestamp) -%}
    from_utc_timestamp({{ timestamp }}, '{{ var("time_zone") }}')
{%- endmacro %}
