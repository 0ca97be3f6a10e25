{#
    Grain: one row per landed lead, event key of a measure most_per_minute and day: the most events of
    any minute (UTC). Bots come in bursts. It grows from build to build, as int_lead_event_days does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_rolled_up_leads', 'due_in': 'int_new_event_days', 'due_by': ['lead_id', 'event_date']}
) }}
with

counted_classes as (

    select * from {{ ref('int_event_classes') }}
    where
        follows_event_key is null
        and crm_property is null
        and event_key in (
            select measures.event_key
            from {{ ref('stg_mapping__event_measures') }} as measures
            where measures.statistic = 'most_per_minute'
        )

),

minutes as (

    select
        new_events.lead_id,
        counted_classes.event_key,
        date_trunc('minute', new_events.occurred_at) as minute_at,
        count(*) as event_count

    from {{ ref('int_new_events') }} as new_events

    inner join counted_classes
        on {{ is_of_class('new_events', 'counted_classes') }}

    group by
        new_events.lead_id,
        counted_classes.event_key,
        date_trunc('minute', new_events.occurred_at)

)

select
    lead_id,
    event_key,
    cast(minute_at as date) as event_date,
    cast(max(event_count) as bigint) as most_per_minute

from minutes

group by
    lead_id,
    event_key,
    cast(minute_at as date)
