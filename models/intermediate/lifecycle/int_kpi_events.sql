{#
    Grain: one row per event of a surviving lead up to the clock and part that it plays in a KPI (seed kpi_events): an email
    sent, opened or clicked, a contact by sales.
#}
{{ config(materialized='view') }}
{%- set events -%}
    {{ ref('int_timed_events') }} as events
    inner join (
        select kpi_event, event_key, count(*) over (partition by kpi_event) as keys from {{ ref('kpi_events') }}
    ) as parts
        on events.event_key = parts.event_key
{%- endset %}
with
of_leads as (
    select events.lead_id, parts.kpi_event, events.campaign, events.occurred_at
    from {{ events }}
    where events.follows_event_key is null and parts.keys = 1

    union all

    {# One event may count under several keys that play one part. #}
    select lead_id, kpi_event, campaign, occurred_at
    from (
        select distinct
            events.lead_id, events.is_landed, parts.kpi_event, events.event_id, events.campaign, events.occurred_at
        from {{ events }}
        where events.follows_event_key is null and parts.keys > 1
    ) as once
)

select of_leads.lead_id, of_leads.kpi_event, of_leads.campaign, of_leads.occurred_at
from of_leads
inner join {{ ref('int_clock') }} as clock
    on cast(of_leads.occurred_at as date) <= clock.clock_date
