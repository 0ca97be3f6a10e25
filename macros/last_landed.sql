{#
    The rows of a table of raw, of those with one key the one landed last: without updated_at there is no other order.
    Arguments: the table and a list of its key columns.
#}
{% macro last_landed(table, key) -%}
    (
        select *
        from (
            select
                *,
                row_number() over (partition by {{ key | join(', ') }} order by landing_seq desc) as recency
            from {{ source('raw', table) }}
        ) as ranked
        where recency = 1
    )
{%- endmacro %}
