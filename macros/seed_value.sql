{# A cell of a seed, typed: blank is NULL. Arguments: column name, SQL type. #}
{% macro seed_value(column, type) -%}
    cast(nullif(trim({{ column }}), '') as {{ type }}) as {{ column }}
{%- endmacro %}
