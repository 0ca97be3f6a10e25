{#
    A pre-hook: deletes the rows of a table that grows from build to build whose key stands in another
    relation, before they are written anew.
#}
{% macro forget(relation, columns) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        using {{ relation }} as again
        where
            {%- for column in columns %}
                kept.{{ column }} = again.{{ column }} {{ 'and' if not loop.last }}
            {%- endfor %}
    {%- endif -%}
{%- endmacro %}
