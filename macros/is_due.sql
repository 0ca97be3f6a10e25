{#
    Whether a row `kept` of the model's table is among the rows `due` of a build: the same in the columns of the model's
    meta `due_by`.
#}
{% macro is_due() -%}
    {%- for column in config.get('meta').due_by -%}
        kept.{{ column }} = due.{{ column }} {{ 'and ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
