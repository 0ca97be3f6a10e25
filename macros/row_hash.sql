{#
    A number that differs, all but surely, where any column of the relation does; for one build to compare
    with the next. `alias` is what the relation is called in the query.
#}
{% macro row_hash(relation, alias) -%}
    {{ return(adapter.dispatch('row_hash', 'leads')(relation, alias)) }}
{%- endmacro %}

{% macro default__row_hash(relation, alias) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if execute else [] -%}
    cast(hash({{ "'" ~ alias ~ "'" }}
    {%- for column in columns %}, {{ alias }}.{{ column.name }}{% endfor %}) as decimal(38, 0))
{%- endmacro %}

{# Spark makes all tables anew, and has no use for it. #}
{% macro spark__row_hash(relation, alias) -%}
    cast(0 as decimal(38, 0))
{%- endmacro %}
