{# A decimal of 4 places as a whole number of ten-thousandths. #}
{% macro ten_thousandths(number) -%}
    cast(({{ number }}) * 10000 as bigint)
{%- endmacro %}
