{#
    A raw score mapped linearly from [low, high] onto [min_score, max_score], rounded half away from zero
    to 4 decimals. All five are decimals of 4 places; computed on whole ten-thousandths, since decimal
    division is done in floating point.
#}
{% macro rescale(raw, low, high, min_score, max_score) -%}
    {%- set width = '(' ~ ten_thousandths(high ~ ' - ' ~ low) ~ ')' -%}
    {%- set scaled -%}
    (
        {{ ten_thousandths(min_score) }} * {{ width }}
        + {{ ten_thousandths(raw ~ ' - ' ~ low) }}
        * {{ ten_thousandths(max_score ~ ' - ' ~ min_score) }}
    )
    {%- endset -%}
    cast(
        sign({{ scaled }}) * ({{ integer_divide('2 * abs' ~ scaled ~ ' + ' ~ width, '2 * ' ~ width) }})
        as decimal(18, 0)
    ) * cast('0.0001' as decimal(4, 4))
{%- endmacro %}
