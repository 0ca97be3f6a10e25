{#
    The rows of a group as an array of structs, in the order of their fields. Arguments: fields, a dict of name and
    expression; which rows (of none DuckDB makes NULL, Spark an empty array). DuckDB takes several times as long to put rows
    in order before they are gathered.
#}
{% macro array_of(fields, which='true') -%}
    {{ return(adapter.dispatch('array_of', 'leads')(fields, which)) }}
{%- endmacro %}

{% macro default__array_of(fields, which) -%}
    list_sort(list(
        { {%- for name, value in fields.items() %}'{{ name }}': {{ value }}{{ ', ' if not loop.last }}{% endfor -%} }
    ) filter (where {{ which }}))
{%- endmacro %}

{% macro spark__array_of(fields, which) -%}
    array_sort(collect_list(struct(
        {%- for name, value in fields.items() %}{{ value }} as {{ name }}{{ ', ' if not loop.last }}{% endfor -%}
    )) filter (where {{ which }}))
{%- endmacro %}
