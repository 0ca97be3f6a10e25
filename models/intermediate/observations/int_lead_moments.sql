{# Grain: one row per surviving lead and thing that grows older: an event's day by key, the creation. #}
{{ config(materialized='view') }}
with

event_days as (

    select
        lead_id,
        event_date
    from {{ ref('int_lead_event_days') }}

    union all

    select
        lead_id,
        event_date
    from {{ ref('int_crm_event_days') }}

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

final as (

    select
        identities.surviving_lead_id as lead_id,
        event_days.event_date as moment_date

    from event_days

    inner join identities
        on event_days.lead_id = identities.lead_id

    union all

    select
        surviving_lead_id as lead_id,
        cast(person_created_at as date) as moment_date
    from identities

)

select * from final
