{#
    Grain: one row per surviving lead with an event: the key that says most of its first one, one of the
    mapping's before the type.
#}
with

event_days as (

    select * from {{ ref('int_person_event_days') }}

),

mapped as (

    select distinct event_key from {{ ref('int_event_keys') }}

),

first_events as (

    select
        lead_id,
        event_key,
        event_date,
        row_number() over (
            partition by lead_id
            order by
                first_occurred_at asc,
                case when event_key in (select mapped.event_key from mapped) then 0 else 1 end asc,
                event_key asc
        ) as event_rank

    from event_days

    where event_key <> 'any_engagement'

),

final as (

    select
        lead_id,
        event_key,
        event_date

    from first_events

    where event_rank = 1

)

select * from final
