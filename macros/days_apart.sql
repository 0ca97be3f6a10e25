{#
    Days from one timestamp to another as decimal(18, 6), rounded half away from zero. Computed on whole
    microseconds, of which a millionth of a day has 86,400, since division is done in floating point.
#}
{% macro days_apart(start_at, end_at) -%}
    {%- set micros = microseconds_apart(start_at, end_at) -%}
    cast(
        cast(
            sign({{ micros }})
            * ({{ integer_divide('2 * abs(' ~ micros ~ ') + 86400', '172800') }})
            as decimal(18, 0)
        ) * cast('0.000001' as decimal(6, 6))
        as decimal(18, 6)
    )
{%- endmacro %}
