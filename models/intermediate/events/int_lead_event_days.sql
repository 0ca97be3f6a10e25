{#
    Grain: one row per landed lead, event key and day. An event counts once under its own type, once under
    each key that it matches, and once under any_engagement if one of them is an engagement. Keys of a
    sequence come later, with the person.
#}
with

lead_events as (

    select * from {{ ref('int_lead_events') }}

),

matches as (

    select * from {{ ref('int_event_matches') }}

),

keyed as (

    select
        event_id,
        lead_id,
        event_date,
        occurred_at,
        duration_seconds,
        event_key
    from matches
    where follows_event_key is null

    union

    select
        event_id,
        lead_id,
        event_date,
        occurred_at,
        duration_seconds,
        'any_engagement' as event_key
    from matches
    where is_engagement and follows_event_key is null

    union

    select
        event_id,
        lead_id,
        event_date,
        occurred_at,
        duration_seconds,
        event_type as event_key
    from lead_events

),

final as (

    select
        lead_id,
        event_key,
        event_date,
        cast(count(*) as bigint) as event_count,
        cast(coalesce(sum(duration_seconds), 0) as decimal(18, 3)) as duration_seconds,
        min(occurred_at) as first_occurred_at

    from keyed

    group by
        lead_id,
        event_key,
        event_date

)

select * from final
