{#
    Grain: one row per event of a surviving lead up to the clock and part that it plays in a KPI (seed kpi_events): an email
    sent, opened or clicked, a contact by sales.
#}
{{ config(materialized='view') }}
with
of_leads as (
    {# One event may count under several keys that play one part. #}
    select distinct
        events.lead_id, events.is_landed, kpi_events.kpi_event, events.event_id, events.campaign, events.occurred_at
    from {{ ref('int_timed_events') }} as events
    inner join {{ ref('kpi_events') }} as kpi_events
        on events.event_key = kpi_events.event_key
    where events.follows_event_key is null
)

select of_leads.lead_id, of_leads.kpi_event, of_leads.campaign, of_leads.occurred_at
from of_leads
inner join {{ ref('int_clock') }} as clock
    on cast(of_leads.occurred_at as date) <= clock.clock_date
