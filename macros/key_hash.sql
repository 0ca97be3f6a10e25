{# A number for the values of some columns, NULLs among them: equal for equal values, for others all but surely not. #}
{% macro key_hash(columns) -%}
    {{ return(adapter.dispatch('key_hash', 'leads')(columns)) }}
{%- endmacro %}

{% macro default__key_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__key_hash(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}
