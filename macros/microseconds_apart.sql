{# Microseconds from one time of day in the zone of the var time_zone to another, as instants: a whole number. #}
{% macro microseconds_apart(start_at, end_at) -%}
    {{ return(adapter.dispatch('microseconds_apart', 'leads')(start_at, end_at)) }}
{%- endmacro %}

{% macro default__microseconds_apart(start_at, end_at) -%}
    {%- if var('time_zone') == 'UTC' -%}
        date_diff('microsecond', {{ start_at }}, {{ end_at }})
    {%- else -%}
        date_diff(
            'microsecond', timezone('{{ var("time_zone") }}', {{ start_at }}), timezone('{{ var("time_zone") }}', {{ end_at }})
        )
    {%- endif -%}
{%- endmacro %}

{% macro spark__microseconds_apart(start_at, end_at) -%}
    (
        unix_micros(to_utc_timestamp(cast({{ end_at }} as timestamp), '{{ var("time_zone") }}'))
        - unix_micros(to_utc_timestamp(cast({{ start_at }} as timestamp), '{{ var("time_zone") }}'))
    )
{%- endmacro %}
