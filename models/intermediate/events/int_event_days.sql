{#
    Grain: one row per landed lead, event key and day, and of a sequence the key that it must follow, whether or not one came
    before; beside it one row per event (event_id) of keys whose times are asked for. Kept from build to build: days of which
    events were landed are rolled up again, all where the mapping or a model changed. A row without a key says how far its
    day was read.
#}
{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='delete+insert' if target.type == 'duckdb' else none,
    unique_key=['lead_id', 'event_date'],
    pre_hook="{% if is_incremental() %}delete from {{ this }} where mapping_hash <> '{{ definition_hash('int_event_days') }}'{% endif %}"
) }}
{%- set keyed_events -%}
    {{ ref('int_new_events') }} as events
    left join {{ ref('int_event_classes') }} as classes
        on events.event_type = classes.event_type
        and events.asked_page_url is not distinct from classes.asked_page_url
        and events.asked_properties is not distinct from classes.asked_properties
        and events.asked_duration_seconds is not distinct from classes.asked_duration_seconds
        and classes.crm_property is null
{%- endset %}
with
busiest as (
    select lead_id, class_number, event_date, max(event_count) as most_per_minute
    from (
        select events.lead_id, classes.class_number, events.event_date, count(*) as event_count
        from {{ keyed_events }}
        where classes.follows_event_key is null and classes.event_key in (
                select measures.event_key from {{ ref('event_measures') }} as measures
                where measures.statistic = 'most_per_minute'
            )
        group by events.lead_id, classes.class_number, events.event_date, date_trunc('minute', events.occurred_at)
    ) as minutes
    group by lead_id, class_number, event_date
),

rolled_up as (
    {# By number: texts take twice as long to group by. #}
    select
        events.lead_id, classes.class_number, events.event_date, count(*) as event_count,
        cast(coalesce(sum(events.duration_seconds), 0) as decimal(18, 3)) as duration_seconds,
        min(events.occurred_at) as first_occurred_at, max(events.landing_seq) as landing_seq
    from {{ keyed_events }}
    group by events.lead_id, classes.class_number, events.event_date
),

all_rows as (
    select
        rolled_up.*, cast(busiest.most_per_minute as bigint) as most_per_minute, cast(null as string) as event_id,
        cast(null as string) as campaign
    from rolled_up
    left join busiest
        on rolled_up.lead_id = busiest.lead_id
        and rolled_up.class_number = busiest.class_number
        and rolled_up.event_date = busiest.event_date

    union all

    {# As rows, not as arrays of the groups: those DuckDB cannot put aside where memory does not hold them. #}
    select
        events.lead_id, classes.class_number, events.event_date, 1 as event_count,
        cast(coalesce(events.duration_seconds, 0) as decimal(18, 3)) as duration_seconds,
        events.occurred_at as first_occurred_at, events.landing_seq, null as most_per_minute,
        cast(events.landing_seq as string) as event_id, events.campaign
    from {{ keyed_events }}
    where classes.is_timed
)

select
    all_rows.lead_id, classes.event_key, classes.follows_event_key, classes.within_days,
    coalesce(classes.is_engagement, false) as is_engagement,
    all_rows.event_date, all_rows.event_count, all_rows.duration_seconds, all_rows.most_per_minute,
    all_rows.first_occurred_at, all_rows.event_id, all_rows.campaign, all_rows.landing_seq,
    '{{ definition_hash('int_event_days') if execute }}' as mapping_hash
from all_rows
left join (
    select distinct class_number, event_key, follows_event_key, within_days, is_engagement
    from {{ ref('int_event_classes') }}
) as classes
    on all_rows.class_number = classes.class_number
