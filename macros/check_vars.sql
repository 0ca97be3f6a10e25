{# Stops a run whose var as_of is no ISO day, before any model is built. #}
{% macro check_vars() -%}
    {%- set as_of = var('as_of') | string -%}
    {%- if as_of and not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', as_of) -%}
        {{ exceptions.raise_compiler_error("as_of is '" ~ as_of ~ "', which is no day; write it as 2025-03-31") }}
    {%- endif -%}
{%- endmacro %}
