{#
    Grain: one row per landed event, as last landed, of the days to roll up in this build: all days, or
    those of int_new_event_days. Columns that no condition on its type asks for are NULL.
#}
{%- set is_all = is_outdated('int_rolled_up_leads') %}
-- depends_on: {{ ref('int_new_event_days') }}
with

considered as (

    {#
        With all versions of the events of those days, which may be on other days. What is landed is no CTE:
        one that is read twice is kept in memory.
    #}
    select versions.*

    from {{ ref('stg_raw__lead_events') }} as versions

    {% if not is_all -%}
        where versions.event_id in (
                select landed.event_id

                from {{ ref('stg_raw__lead_events') }} as landed

                inner join {{ ref('int_new_event_days') }} as new_days
                    on landed.lead_id = new_days.lead_id
                    and cast(landed.occurred_at as date) = new_days.event_date
            )
    {%- endif %}

),

repeated as (

    select
        event_id,
        max(landing_seq) as last_landing_seq

    from {{ ref('stg_raw__lead_events') if is_all else 'considered' }}

    group by event_id

    having count(*) > 1

)

select
    considered.lead_id,
    cast(considered.occurred_at as date) as event_date,
    considered.landing_seq,
    considered.event_type,
    considered.occurred_at,
    considered.campaign,
    considered.duration_seconds,
    case
        when considered.event_type in (
                select event_keys.event_type from {{ ref('int_event_keys') }} as event_keys
                where event_keys.page_pattern is not null
            )
            then considered.page_url
    end as asked_page,
    case
        when considered.event_type in (
                select event_keys.event_type from {{ ref('int_event_keys') }} as event_keys
                where event_keys.property is not null
            )
            then cast(considered.properties as string)
    end as asked_properties,
    case
        when considered.event_type in (
                select event_keys.event_type from {{ ref('int_event_keys') }} as event_keys
                where event_keys.min_duration_seconds is not null
            )
            then considered.duration_seconds
    end as asked_seconds

from considered

left join repeated
    on considered.event_id = repeated.event_id

{% if not is_all -%}
    inner join {{ ref('int_new_event_days') }} as new_days
        on considered.lead_id = new_days.lead_id
        and cast(considered.occurred_at as date) = new_days.event_date
{%- endif %}

where
    repeated.event_id is null
    or considered.landing_seq = repeated.last_landing_seq
