{#
    Grain: one row per surviving lead, event key of a measure most_per_minute and day: the most events of
    any minute (UTC). Bots come in bursts.
#}
with

matches as (

    select * from {{ ref('int_event_matches') }}

),

lead_events as (

    select * from {{ ref('int_lead_events') }}

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

counted_keys as (

    select distinct event_key
    from {{ ref('stg_mapping__event_measures') }}
    where statistic = 'most_per_minute'

),

keyed as (

    select
        event_id,
        lead_id,
        occurred_at,
        event_key
    from matches
    where
        follows_event_key is null
        and event_key in (select counted_keys.event_key from counted_keys)

    union

    select
        event_id,
        lead_id,
        occurred_at,
        'any_engagement' as event_key
    from matches
    where
        follows_event_key is null
        and is_engagement
        and 'any_engagement' in (select counted_keys.event_key from counted_keys)

    union

    select
        event_id,
        lead_id,
        occurred_at,
        event_type as event_key
    from lead_events
    where event_type in (select counted_keys.event_key from counted_keys)

),

minutes as (

    select
        identities.surviving_lead_id as lead_id,
        keyed.event_key,
        date_trunc('minute', keyed.occurred_at) as minute_at,
        count(*) as event_count

    from keyed

    inner join identities
        on keyed.lead_id = identities.lead_id

    group by
        identities.surviving_lead_id,
        keyed.event_key,
        date_trunc('minute', keyed.occurred_at)

),

final as (

    select
        lead_id,
        event_key,
        cast(minute_at as date) as event_date,
        cast(max(event_count) as bigint) as most_per_minute

    from minutes

    group by
        lead_id,
        event_key,
        cast(minute_at as date)

)

select * from final
