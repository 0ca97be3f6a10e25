{#
    Time from one timestamp to another in a unit of so many seconds, as decimal(18, 6), rounded half away from
    zero. Computed on whole microseconds, since division is done in floating point.
#}
{% macro millionths_apart(start_at, end_at, seconds) -%}
    {%- set micros = microseconds_apart(start_at, end_at) -%}
    cast(
        cast(
            sign({{ micros }})
            * ({{ integer_divide('2 * abs(' ~ micros ~ ') + ' ~ seconds, 2 * seconds) }})
            as decimal(18, 0)
        ) * cast('0.000001' as decimal(6, 6))
        as decimal(18, 6)
    )
{%- endmacro %}
