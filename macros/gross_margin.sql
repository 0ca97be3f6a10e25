{# What is left of revenue after the cost of what was sold; arguments: an amount. Wide in between, as a factor adds digits. #}
{% macro gross_margin(amount) -%}
    cast(cast({{ amount }} as decimal(28, 4)) * {{ var('gross_margin') }} as decimal(18, 4))
{%- endmacro %}
