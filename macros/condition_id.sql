{# The key of a condition on an attribute: equal conditions of rules and segments are evaluated once. #}
{% macro condition_id() -%}
    md5(
        {%- for column in ['attribute', 'operator', 'value', 'lower', 'upper'] %}
        coalesce(cast({{ column }} as string), '')
        {%- if not loop.last %} || chr(1) || {% endif %}
        {%- endfor %}
    )
{%- endmacro %}
