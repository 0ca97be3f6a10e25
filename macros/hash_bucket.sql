{# A stable bucket from 0 to 9,999 for a text: the first seven hex digits of its MD5, modulo 10,000. #}
{% macro hash_bucket(text) -%}
    {{ return(adapter.dispatch('hash_bucket', 'leads')(text)) }}
{%- endmacro %}

{% macro default__hash_bucket(text) -%}
    cast('0x' || substr(md5({{ text }}), 1, 7) as bigint) % 10000
{%- endmacro %}

{% macro spark__hash_bucket(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 7), 16, 10) as bigint) % 10000
{%- endmacro %}
