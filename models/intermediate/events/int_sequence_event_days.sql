{#
    Grain: one row per surviving lead that is due, key of a sequence and day on which it came true: an
    event that meets the key's condition, after an event of the key that it follows, by the same person,
    on the same day or at most within_days later. Days too old to matter are left out.
#}
with

steps as (

    select
        sequence_steps.*,
        members.surviving_lead_id

    from {{ ref('int_sequence_steps') }} as sequence_steps

    inner join {{ ref('int_event_horizons') }} as horizons
        on sequence_steps.event_key = horizons.event_key

    inner join {{ ref('int_due_members') }} as members
        on sequence_steps.lead_id = members.lead_id
        and {{ is_young_enough('sequence_steps.event_date') }}

),

followed_keys as (

    select distinct follows_event_key as event_key
    from steps

),

earlier as (

    {# The first of a day is enough to tell whether one came before. #}
    select
        members.surviving_lead_id,
        event_days.event_key,
        event_days.event_date,
        event_days.first_occurred_at

    from (
        select
            lead_id,
            event_key,
            event_date,
            first_occurred_at
        from {{ ref('int_lead_event_days') }}

        union all

        select
            lead_id,
            event_key,
            event_date,
            first_occurred_at
        from {{ ref('int_crm_event_days') }}
    ) as event_days

    inner join followed_keys
        on event_days.event_key = followed_keys.event_key

    inner join {{ ref('int_due_members') }} as members
        on event_days.lead_id = members.lead_id

),

came_true as (

    select distinct
        steps.surviving_lead_id as lead_id,
        steps.event_id,
        steps.event_key,
        steps.event_date,
        steps.occurred_at,
        steps.duration_seconds

    from steps

    inner join earlier
        on steps.surviving_lead_id = earlier.surviving_lead_id
        and steps.follows_event_key = earlier.event_key
        and steps.occurred_at > earlier.first_occurred_at
        and (
            steps.within_days is null
            or {{ days_between('earlier.event_date', 'steps.event_date') }} <= steps.within_days
        )

)

select
    lead_id,
    event_key,
    event_date,
    cast(count(*) as bigint) as event_count,
    cast(coalesce(sum(duration_seconds), 0) as decimal(18, 3)) as duration_seconds,
    min(occurred_at) as first_occurred_at

from came_true

group by
    lead_id,
    event_key,
    event_date
