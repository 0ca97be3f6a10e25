{#
    A number that differs, all but surely, where any column of a row does; for one build to compare with the next. The
    argument is what the relation is called in the query.
#}
{% macro row_hash(relation) -%}
    {{ return(adapter.dispatch('row_hash', 'leads')(relation)) }}
{%- endmacro %}

{% macro default__row_hash(relation) -%}
    cast(hash('{{ relation }}', {{ relation }}) as decimal(38, 0))
{%- endmacro %}

{# Spark makes all tables anew, and has no use for it. #}
{% macro spark__row_hash(relation) -%}
    cast(0 as decimal(38, 0))
{%- endmacro %}
