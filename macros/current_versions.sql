{#
    The current row of each key: of several versions the one of the latest updated_at, then the one landed last; without
    dates the one landed last. Arguments: a relation of versions, a list of its key columns, and whether it has updated_at.
#}
{% macro current_versions(relation, key, is_dated=true) -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by {{ key | join(', ') }}
                    order by {{ 'version_at desc nulls last, ' if is_dated }}landing_seq desc
                ) as recency
            from {{ '(select *, ' ~ version_at(key) ~ ' as version_at from ' ~ relation ~ ') as dated' if is_dated else relation }}
        ) as ranked
        where recency = 1
    )
{%- endmacro %}
