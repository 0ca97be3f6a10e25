{#
    The current version of each row of a staging model: the latest updated_at, then the latest landed; a
    version without updated_at takes the place of the one that was current when it landed. Versions later
    than the clock come last. Arguments: relation, list of key columns, whether the entity has updated_at.
#}
{% macro current_versions(relation, key, has_updated_at=false) -%}
    {%- set updated_at = 'updated_at' if has_updated_at else 'cast(null as timestamp)' -%}
    select ranked.*
    from (
        select
            versions.*,
            row_number() over (
                partition by {{ key | join(', ') }}
                order by
                    case when versions.is_later then 1 else 0 end,
                    case when versions.is_later then versions.version_at end asc,
                    versions.version_at desc nulls last,
                    versions.landing_seq desc
            ) as current_rank
        from (
            select
                effective.*,
                coalesce(
                    cast(effective.version_at as date) > clock.facts_until_date, false
                ) as is_later
            from (
                select
                    landed.*,
                    coalesce({{ updated_at }}, max({{ updated_at }}) over (
                        partition by {{ key | join(', ') }} order by landed.landing_seq
                    )) as version_at
                from {{ relation }} as landed
            ) as effective
            cross join {{ ref('int_clock') }} as clock
        ) as versions
    ) as ranked
    where ranked.current_rank = 1
{%- endmacro %}
