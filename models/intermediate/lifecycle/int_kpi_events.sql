{#
    Grain: one row per event of a surviving lead up to the clock and part that it plays in a KPI (seed
    kpi_events): an email sent, opened or clicked, a contact by sales.
#}
{{ config(materialized='view') }}
with

crm_events as (

    select * from {{ ref('int_crm_events') }}

),

crm_classes as (

    select distinct
        classes.event_type,
        classes.crm_property,
        kpi_events.kpi_event

    from {{ ref('int_event_classes') }} as classes

    inner join {{ ref('kpi_events') }} as kpi_events
        on classes.event_key = kpi_events.event_key

    where
        classes.follows_event_key is null
        and classes.asked_page is null
        and classes.asked_properties is null
        and classes.asked_seconds is null

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

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
        crm_classes.kpi_event,
        cast(null as string) as campaign,
        crm_events.occurred_at

    from crm_events

    inner join crm_classes
        on crm_events.event_type = crm_classes.event_type
        and crm_events.property_value is not distinct from crm_classes.crm_property

),

final as (

    select
        identities.surviving_lead_id as lead_id,
        of_leads.kpi_event,
        of_leads.campaign,
        of_leads.occurred_at

    from of_leads

    inner join identities
        on of_leads.lead_id = identities.lead_id

    cross join clock

    where cast(of_leads.occurred_at as date) <= clock.clock_date

)

select * from final
