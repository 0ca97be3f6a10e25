{#
    The current version of each row of a staging model: the latest updated_at, then the latest landed; a
    version without updated_at takes the place of the one that was current when it landed. Versions later
    than the clock come last. Arguments: relation, list of key columns.
#}
{% macro current_versions(relation, key) -%}
    select ranked.*
    from (
        select
            versions.*,
            row_number() over (
                partition by versions.{{ key | join(', versions.') }}
                order by
                    case
                        when cast(versions.version_at as date) > clock.facts_until_date then versions.version_at
                    end asc nulls first,
                    versions.version_at desc nulls last,
                    versions.landing_seq desc
            ) as current_rank
        from (
            select
                landed.*,
                {{ version_at(key) }} as version_at
            from {{ relation }} as landed
        ) as versions
        cross join {{ ref('int_clock') }} as clock
    ) as ranked
    where ranked.current_rank = 1
{%- endmacro %}
