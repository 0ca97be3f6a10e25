{#
    The values of a group as lists, in the order of a key that is unique in the group: one list for each of
    these expressions, with commas between them.
#}
{% macro lists_by(expressions, order_key) -%}
    {%- for expression in expressions -%}
        {{ adapter.dispatch('list_by', 'leads')(expression, order_key) }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro default__list_by(expression, order_key) -%}
    list({{ expression }} order by {{ order_key }})
{%- endmacro %}

{% macro spark__list_by(expression, order_key) -%}
    transform(array_sort(collect_list(struct({{ order_key }}, {{ expression }} as value))), entry -> entry.value)
{%- endmacro %}
