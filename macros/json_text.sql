{# The text of a top-level key of a JSON column; NULL where it is missing. #}
{% macro json_text(json, key) -%}
    {{ return(adapter.dispatch('json_text', 'leads')(json, key)) }}
{%- endmacro %}

{% macro default__json_text(json, key) -%}
    json_extract_string({{ json }}, '$."' || {{ key }} || '"')
{%- endmacro %}

{% macro spark__json_text(json, key) -%}
    from_json({{ json }}, 'map<string,string>')[{{ key }}]
{%- endmacro %}
