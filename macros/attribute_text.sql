{# A profile column as the text that rules compare: trimmed; money without trailing zeros. #}
{% macro attribute_text(column) -%}
    {%- if column.split('.')[-1] in ['annual_revenue', 'budget'] -%}
        {{ number_text(column) }}
    {%- else -%}
        trim(cast({{ column }} as string))
    {%- endif -%}
{%- endmacro %}
