{#
    A pre-hook: deletes the rows of a table that grows from build to build whose key stands in another
    relation, before they are written anew. `since` names a date of the table, where NULL is the end of time,
    and the first day to forget in the other relation.
#}
{% macro forget(relation, columns, since=none) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        using {{ relation }} as again
        where
            {%- for column in columns %}
                kept.{{ column }} = again.{{ column }} {{ 'and' if not loop.last }}
            {%- endfor %}
            {%- if since %} and coalesce(kept.{{ since[0] }} >= again.{{ since[1] }}, true){% endif %}
    {%- endif -%}
{%- endmacro %}
