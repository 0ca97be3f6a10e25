{# Whether a text is written -?digits[.digits]; nothing else is a number. #}
{% macro is_number(text) -%}
    {{ return(adapter.dispatch('is_number', 'leads')(text)) }}
{%- endmacro %}

{% macro default__is_number(text) -%}
    regexp_full_match({{ text }}, '-?[0-9]+([.][0-9]+)?')
{%- endmacro %}

{% macro spark__is_number(text) -%}
    {{ text }} rlike '^-?[0-9]+([.][0-9]+)?$'
{%- endmacro %}
