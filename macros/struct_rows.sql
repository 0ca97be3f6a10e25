{# Set-returning: a list of structs as rows, each field a column. #}
{% macro struct_rows(structs) -%}
    {{ return(adapter.dispatch('struct_rows', 'leads')(structs)) }}
{%- endmacro %}

{% macro default__struct_rows(structs) -%}
    unnest({{ structs }}, recursive := true)
{%- endmacro %}

{% macro spark__struct_rows(structs) -%}
    inline({{ structs }})
{%- endmacro %}
