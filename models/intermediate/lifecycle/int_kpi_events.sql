{#
    Grain: one row per event of a surviving lead up to the clock and part that it plays in a KPI (seed kpi_events): an email
    sent, opened or clicked, a contact by sales.
#}
{{ config(materialized='view') }}
with
of_leads as (
    {# One event may count under several keys that play one part. #}
    select distinct
        event_days.lead_id, event_days.is_landed, kpi_events.kpi_event,
        {{ unnested('event_days.events') }} as event
    from {{ ref('int_all_event_days') }} as event_days
    inner join {{ ref('kpi_events') }} as kpi_events
        on event_days.event_key = kpi_events.event_key
    where event_days.follows_event_key is null
)

select
    of_leads.lead_id, of_leads.kpi_event,
    {{ field('of_leads.event', 'campaign') }} as campaign,
    {{ field('of_leads.event', 'occurred_at') }} as occurred_at
from of_leads
inner join {{ ref('int_clock') }} as clock
    on cast({{ field('of_leads.event', 'occurred_at') }} as date) <= clock.clock_date
