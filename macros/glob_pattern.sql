{# A glob of a seed (* and ?) as a pattern for LIKE … ESCAPE '!'. #}
{% macro glob_pattern(column) -%}
    replace(replace(replace(replace(replace(
        {{ column }}, '!', '!!'), '%', '!%'), '_', '!_'), '*', '%'), '?', '_')
{%- endmacro %}
