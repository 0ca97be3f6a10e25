{#
    The key of a condition on an attribute: equal conditions of rules and segments are evaluated once.
    Where a plain cast on Spark writes 0E-12, try_cast writes zeros.
#}
{% macro condition_id() -%}
    md5(
        {%- for column in ['attribute', 'operator', 'value', 'lower', 'upper'] %}
        coalesce(try_cast({{ column }} as string), '')
        {%- if not loop.last %} || chr(1) || {% endif %}
        {%- endfor %}
    )
{%- endmacro %}
