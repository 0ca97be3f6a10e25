{# Grain: one row per surviving lead that is due, or persona, event key and day, sequences included. #}
{%- set landed_days -%}
    {# Not a CTE: one that is read more than once is kept in memory. #}
    select
        members.surviving_lead_id as lead_id,
        event_days.event_key,
        event_days.event_date,
        event_days.event_count,
        event_days.duration_seconds,
        event_days.first_occurred_at

    from {{ ref('int_lead_event_days') }} as event_days

    inner join members
        on event_days.lead_id = members.lead_id

    left join taken_days
        on members.surviving_lead_id = taken_days.lead_id
        and event_days.event_key = taken_days.event_key
        and event_days.event_date = taken_days.event_date
{%- endset %}
with

identities as (

    select * from {{ ref('int_lead_identities') }}

),

due_leads as (

    select distinct lead_id from {{ ref('int_due_leads') }}

),

crm_days as (

    select * from {{ ref('int_crm_event_days') }}

),

sequence_days as (

    select * from {{ ref('int_sequence_event_days') }}

),

golden_days as (

    select * from {{ ref('int_golden_event_days') }}

),

members as (

    select
        identities.lead_id,
        identities.surviving_lead_id,
        identities.person_lead_count

    from identities

    inner join due_leads
        on identities.surviving_lead_id = due_leads.lead_id

),

other_days as (

    {# Of what was not landed as an event of the lead. #}
    select
        members.surviving_lead_id as lead_id,
        crm_days.event_key,
        crm_days.event_date,
        crm_days.event_count,
        crm_days.duration_seconds,
        crm_days.first_occurred_at

    from crm_days

    inner join members
        on crm_days.lead_id = members.lead_id

    union all

    select
        lead_id,
        event_key,
        event_date,
        event_count,
        duration_seconds,
        first_occurred_at
    from sequence_days

    union all

    select
        lead_id,
        event_key,
        event_date,
        event_count,
        duration_seconds,
        first_occurred_at
    from golden_days

),

taken_days as (

    select distinct
        lead_id,
        event_key,
        event_date
    from other_days

),

shared_days as (

    {{ landed_days }}

    where
        members.person_lead_count > 1
        or taken_days.lead_id is not null

    union all

    select * from other_days

),

final as (

    {# Most days of a key are of one lead and landed: nothing to add up. #}
    {{ landed_days }}

    where
        members.person_lead_count = 1
        and taken_days.lead_id is null

    union all

    select
        lead_id,
        event_key,
        event_date,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(duration_seconds) as decimal(18, 3)) as duration_seconds,
        min(first_occurred_at) as first_occurred_at

    from shared_days

    group by
        lead_id,
        event_key,
        event_date

)

select * from final
