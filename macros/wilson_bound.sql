{# The quantile of the normal distribution on which two-sided 95 % intervals stand. #}
{% macro normal_quantile() %}{{ return(1.959963984540054) }}{% endmacro %}

{#
    A bound of the 95 % Wilson interval of a share (Wilson 1927), exactly 0 and 1 for none and for all; NULL for
    none of none. Arguments: successes and trials, of any numeric type, and whether the upper bound is wanted.
#}
{% macro wilson_bound(successes, trials, is_upper=false) -%}
    {%- set z = normal_quantile() -%}
    {%- set end = 1 if is_upper else 0 -%}
    {%- set n = 'nullif(cast(' ~ trials ~ ' as double), 0)' -%}
    {%- set p = '(cast(' ~ successes ~ ' as double) / ' ~ n ~ ')' -%}
    case
        when {{ p }} = {{ end }} then cast({{ end }} as double)
        else (
            {{ p }} + {{ z * z }} / (2 * {{ n }}) {{ '+' if is_upper else '-' }} {{ z }} * sqrt(
                {{ p }} * (1 - {{ p }}) / {{ n }} + {{ z * z }} / (4 * {{ n }} * {{ n }})
            )
        ) / (1 + {{ z * z }} / {{ n }})
    end
{%- endmacro %}
