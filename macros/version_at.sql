{#
    When a landed version came to hold: its updated_at; one without takes the place of the one that was current
    when it landed. Argument: list of key columns.
#}
{% macro version_at(key) -%}
    coalesce(
        updated_at, max(updated_at) over (partition by {{ key | join(', ') }} order by landing_seq)
    )
{%- endmacro %}
