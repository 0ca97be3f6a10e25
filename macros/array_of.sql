{#
    The rows of a group as an array of structs, in the order of their fields. Argument: a dict of name and expression. DuckDB
    takes several times as long to put rows in order before they are gathered.
#}
{% macro array_of(fields) -%}
    {{ return(adapter.dispatch('array_of', 'leads')(fields)) }}
{%- endmacro %}

{% macro default__array_of(fields) -%}
    list_sort(list(
        { {%- for name, value in fields.items() %}'{{ name }}': {{ value }}{{ ', ' if not loop.last }}{% endfor -%} }
    ))
{%- endmacro %}

{% macro spark__array_of(fields) -%}
    array_sort(collect_list(struct(
        {%- for name, value in fields.items() %}{{ value }} as {{ name }}{{ ', ' if not loop.last }}{% endfor -%}
    )))
{%- endmacro %}
