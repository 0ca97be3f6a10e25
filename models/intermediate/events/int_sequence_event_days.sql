{#
    Grain: one row per surviving lead, key of a sequence and day on which it came true: an event that
    meets the key's condition, after an event of the key that it follows, by the same person, on the same
    day or at most within_days later.
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

steps as (

    select
        identities.surviving_lead_id as lead_id,
        matches.event_id,
        matches.event_key,
        matches.event_date,
        matches.occurred_at,
        matches.duration_seconds,
        matches.is_engagement,
        matches.follows_event_key,
        matches.within_days

    from matches

    inner join identities
        on matches.lead_id = identities.lead_id

    where matches.follows_event_key is not null

),

followed_keys as (

    select distinct follows_event_key as event_key
    from steps

),

earlier as (

    select
        identities.surviving_lead_id as lead_id,
        keyed.event_key,
        keyed.event_date,
        keyed.occurred_at

    from (
        select
            lead_id,
            event_key,
            event_date,
            occurred_at
        from matches
        where follows_event_key is null

        union

        select
            lead_id,
            'any_engagement' as event_key,
            event_date,
            occurred_at
        from matches
        where
            is_engagement
            and follows_event_key is null

        union

        select
            lead_id,
            event_type as event_key,
            event_date,
            occurred_at
        from lead_events
    ) as keyed

    inner join followed_keys
        on keyed.event_key = followed_keys.event_key

    inner join identities
        on keyed.lead_id = identities.lead_id

),

came_true as (

    select distinct
        steps.lead_id,
        steps.event_id,
        steps.event_key,
        steps.event_date,
        steps.occurred_at,
        steps.duration_seconds,
        steps.is_engagement

    from steps

    inner join earlier
        on steps.lead_id = earlier.lead_id
        and steps.follows_event_key = earlier.event_key
        and steps.occurred_at > earlier.occurred_at
        and (
            steps.within_days is null
            or {{ days_between('earlier.event_date', 'steps.event_date') }} <= steps.within_days
        )

),

keyed as (

    select
        lead_id,
        event_id,
        event_key,
        event_date,
        occurred_at,
        duration_seconds
    from came_true

    union

    {# An engagement by the sequence alone; the others count under any_engagement already. #}
    select
        came_true.lead_id,
        came_true.event_id,
        'any_engagement' as event_key,
        came_true.event_date,
        came_true.occurred_at,
        came_true.duration_seconds

    from came_true

    left join matches
        on came_true.event_id = matches.event_id
        and matches.is_engagement
        and matches.follows_event_key is null

    where
        came_true.is_engagement
        and matches.event_id is null

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
