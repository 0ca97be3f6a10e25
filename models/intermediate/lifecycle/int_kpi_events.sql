{#
    Grain: one row per event of a surviving lead up to the clock and part that it plays in a KPI (seed
    kpi_events): an email sent, opened or clicked, a contact by sales.
#}
with

kpi_events as (

    select * from {{ ref('kpi_events') }}

),

lead_events as (

    select * from {{ ref('int_lead_events') }}

),

matches as (

    select * from {{ ref('int_event_matches') }}
    where follows_event_key is null

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

keyed as (

    select
        lead_events.event_id,
        kpi_events.kpi_event

    from lead_events

    inner join kpi_events
        on lead_events.event_type = kpi_events.event_key

    union

    select
        matches.event_id,
        kpi_events.kpi_event

    from matches

    inner join kpi_events
        on matches.event_key = kpi_events.event_key

),

final as (

    select
        lead_events.event_id,
        identities.surviving_lead_id as lead_id,
        keyed.kpi_event,
        lead_events.campaign,
        lead_events.occurred_at

    from lead_events

    inner join keyed
        on lead_events.event_id = keyed.event_id

    inner join identities
        on lead_events.lead_id = identities.lead_id

    cross join clock

    where lead_events.event_date <= clock.clock_date

)

select * from final
