{#
    The rows of a group as an array of structs in a stated order. Arguments: fields, a dict of name and
    expression; order key.
#}
{% macro array_of(fields, order_key) -%}
    {{ return(adapter.dispatch('array_of', 'leads')(fields, order_key)) }}
{%- endmacro %}

{% macro default__array_of(fields, order_key) -%}
    list({ {%- for name, value in fields.items() %}'{{ name }}': {{ value }}{{ ', ' if not loop.last }}{% endfor -%} }
        order by {{ order_key }})
{%- endmacro %}

{% macro spark__array_of(fields, order_key) -%}
    transform(
        array_sort(collect_list(struct(
            {{ order_key }} as order_key,
            struct({% for name, value in fields.items() %}{{ value }} as {{ name }}{{ ', ' if not loop.last }}{% endfor %}) as row
        ))),
        sorted -> sorted.row
    )
{%- endmacro %}
