{#
    Grain: one row per event of a surviving lead up to the clock and part that it plays in a KPI (seed
    kpi_events): an email sent, opened or clicked, a contact by sales.
#}
with

kpi_events as (

    select * from {{ ref('kpi_events') }}

),

event_keys as (

    select * from {{ ref('int_event_keys') }}
    where follows_event_key is null

),

landed as (

    select * from {{ ref('stg_raw__lead_events') }}

),

crm_events as (

    select * from {{ ref('int_crm_events') }}

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

conditions as (

    {# An event counts under its own type, and under the keys whose conditions it meets. #}
    select
        kpi_event,
        event_key as event_type,
        cast(null as string) as page_pattern,
        cast(null as string) as property,
        cast(null as string) as property_pattern,
        null as min_duration_seconds

    from kpi_events

    union all

    select
        kpi_events.kpi_event,
        event_keys.event_type,
        event_keys.page_pattern,
        event_keys.property,
        event_keys.property_pattern,
        event_keys.min_duration_seconds

    from kpi_events

    inner join event_keys
        on kpi_events.event_key = event_keys.event_key

),

candidates as (

    select * from landed
    where event_type in (select conditions.event_type from conditions)

),

replaced as (

    {# Only what was landed twice is compared: a version takes the place of those before it. #}
    select
        candidates.event_id,
        max(landed.landing_seq) as last_landing_seq

    from candidates

    inner join landed
        on candidates.event_id = landed.event_id
        and candidates.landing_seq < landed.landing_seq

    group by candidates.event_id

),

events as (

    select
        candidates.event_id,
        candidates.lead_id,
        candidates.event_type,
        candidates.occurred_at,
        candidates.campaign,
        candidates.page_url,
        candidates.properties,
        candidates.duration_seconds,
        cast(null as string) as crm_property

    from candidates

    left join replaced
        on candidates.event_id = replaced.event_id

    where
        replaced.event_id is null
        or candidates.landing_seq = replaced.last_landing_seq

    union all

    select
        event_id,
        lead_id,
        event_type,
        occurred_at,
        null as campaign,
        null as page_url,
        null as properties,
        null as duration_seconds,
        property_value as crm_property

    from crm_events

),

final as (

    select distinct
        events.event_id,
        identities.surviving_lead_id as lead_id,
        conditions.kpi_event,
        events.campaign,
        events.occurred_at

    from events

    inner join conditions
        on events.event_type = conditions.event_type
        and (
            conditions.page_pattern is null
            or events.page_url like conditions.page_pattern escape '!'
        )
        and (
            conditions.property is null
            or coalesce(
                events.crm_property, {{ json_text('events.properties', 'conditions.property') }}
            ) like coalesce(conditions.property_pattern, '%') escape '!'
        )
        and (
            conditions.min_duration_seconds is null
            or events.duration_seconds >= conditions.min_duration_seconds
        )

    inner join identities
        on events.lead_id = identities.lead_id

    cross join clock

    where cast(events.occurred_at as date) <= clock.clock_date

)

select * from final
