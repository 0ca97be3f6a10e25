{# Set-returning: the parts of a text between `|`, one a row. #}
{% macro split_rows(text) -%}
    {{ return(adapter.dispatch('split_rows', 'leads')(text)) }}
{%- endmacro %}

{% macro default__split_rows(text) -%}
    unnest(string_split({{ text }}, '|'))
{%- endmacro %}

{% macro spark__split_rows(text) -%}
    explode(split({{ text }}, '[|]'))
{%- endmacro %}
