{# A number held within bounds of which either may be NULL for none. #}
{% macro clamp(number, lower, upper) -%}
    least(
        greatest({{ number }}, coalesce({{ lower }}, {{ number }})),
        coalesce({{ upper }}, greatest({{ number }}, coalesce({{ lower }}, {{ number }})))
    )
{%- endmacro %}
