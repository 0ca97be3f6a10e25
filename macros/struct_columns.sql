{# The fields of a struct as columns. #}
{% macro struct_columns(struct) -%}
    {{ return(adapter.dispatch('struct_columns', 'leads')(struct)) }}
{%- endmacro %}

{% macro default__struct_columns(struct) -%}
    unnest({{ struct }})
{%- endmacro %}

{% macro spark__struct_columns(struct) -%}
    {{ struct }}.*
{%- endmacro %}
