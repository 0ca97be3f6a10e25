{# Grain: one row per surviving lead or persona, event key and day, sequences included. #}
with

event_days as (

    select * from {{ ref('int_lead_event_days') }}

),

sequence_days as (

    select * from {{ ref('int_sequence_event_days') }}

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

golden_days as (

    select * from {{ ref('int_golden_event_days') }}

),

of_persons as (

    select
        identities.surviving_lead_id as lead_id,
        event_days.event_key,
        event_days.event_date,
        event_days.event_count,
        event_days.duration_seconds,
        event_days.first_occurred_at

    from event_days

    inner join identities
        on event_days.lead_id = identities.lead_id

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

final as (

    select
        lead_id,
        event_key,
        event_date,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(duration_seconds) as decimal(18, 3)) as duration_seconds,
        min(first_occurred_at) as first_occurred_at

    from of_persons

    group by
        lead_id,
        event_key,
        event_date

)

select * from final
