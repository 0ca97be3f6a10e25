{# A var that is a list; where it is none, which check_vars refuses once all models are read, an empty one. #}
{% macro list_var(name) -%}
    {{ return(var(name) if var(name) is iterable else []) }}
{%- endmacro %}
