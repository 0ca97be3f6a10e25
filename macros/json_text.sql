{# The text of a top-level key of a JSON column; NULL where it is missing. #}
{% macro json_text(json, key) -%}
    {{ return(adapter.dispatch('json_text', 'leads')(json, key)) }}
{%- endmacro %}

{% macro default__json_text(json, key) -%}
    {# A JSON pointer (RFC 6901): a path has no way to write a quote. #}
    json_extract_string({{ json }}, '/' || replace(replace({{ key }}, '~', '~0'), '/', '~1'))
{%- endmacro %}

{% macro spark__json_text(json, key) -%}
    from_json({{ json }}, 'map<string,string>')[{{ key }}]
{%- endmacro %}
