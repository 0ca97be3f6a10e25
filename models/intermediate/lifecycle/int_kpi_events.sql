{#
    Grain: one row per event of a surviving lead up to the clock and part that it plays in a KPI (seed
    kpi_events): an email sent, opened or clicked, a contact by sales.
#}
{{ config(materialized='view') }}
with

of_leads as (

    select
        lead_id,
        kpi_event,
        campaign,
        occurred_at
    from {{ ref('int_kpi_event_times') }}

    union all

    select
        crm_events.lead_id,
        kpi_events.kpi_event,
        null as campaign,
        crm_events.occurred_at
    from {{ ref('int_crm_event_keys') }} as crm_events
    inner join {{ ref('kpi_events') }} as kpi_events
        on crm_events.event_key = kpi_events.event_key
    where crm_events.follows_event_key is null
    group by
        crm_events.event_id,
        crm_events.lead_id,
        kpi_events.kpi_event,
        crm_events.occurred_at

)

select
    identities.surviving_lead_id as lead_id,
    of_leads.kpi_event,
    of_leads.campaign,
    of_leads.occurred_at

from of_leads

inner join {{ ref('int_lead_identities') }} as identities
    on of_leads.lead_id = identities.lead_id

cross join {{ ref('int_clock') }} as clock

where cast(of_leads.occurred_at as date) <= clock.clock_date
