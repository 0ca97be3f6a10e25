{# Set-returning: the elements of an array, one a row. #}
{% macro unnested(array) -%}
    {{ return(adapter.dispatch('unnested', 'leads')(array)) }}
{%- endmacro %}

{% macro default__unnested(array) -%}
    unnest({{ array }})
{%- endmacro %}

{% macro spark__unnested(array) -%}
    explode({{ array }})
{%- endmacro %}
