{#
    What is left of an event's units at an age in days: decimal(9, 8), rounded half away from zero. Linear
    and step are computed on whole numbers and decimals, since decimal division is done in floating point.
#}
{% macro decay_factor(decay, decay_days, decay_rate, age) -%}
    cast(case {{ decay }}
        when 'linear'
            then case when {{ age }} < {{ decay_days }}
                then cast({{ integer_divide(
                    '200000000 * (' ~ decay_days ~ ' - ' ~ age ~ ') + ' ~ decay_days,
                    '2 * ' ~ decay_days
                ) }} as decimal(18, 0)) * cast('0.00000001' as decimal(9, 8))
                else 0
            end
        when 'exponential'
            then power(0.5, {{ age }} / cast({{ decay_days }} as double))
        when 'step'
            then greatest(
                0,
                1 - {{ decay_rate }} * cast({{ integer_divide(age, decay_days) }} as decimal(9, 0))
            )
        else 1
    end as decimal(9, 8))
{%- endmacro %}
