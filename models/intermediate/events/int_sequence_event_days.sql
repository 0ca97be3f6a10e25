{#
    Grain: one row per surviving lead that is due, key of a sequence and day on which it came true: an
    event that meets the key's condition, after an event of the key that it follows, by the same person,
    on the same day or at most within_days later.
#}
with

due_leads as (

    select distinct lead_id from {{ ref('int_due_leads') }}

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

crm_events as (

    select * from {{ ref('int_crm_events') }}

),

crm_classes as (

    select * from {{ ref('int_event_classes') }}
    where
        follows_event_key is not null
        and asked_page is null
        and asked_properties is null
        and asked_seconds is null

),

landed_steps as (

    select
        lead_id,
        event_id,
        event_date,
        occurred_at,
        duration_seconds,
        event_key,
        is_engagement,
        follows_event_key,
        within_days
    from {{ ref('int_event_steps') }}

    union all

    select
        crm_events.lead_id,
        crm_events.event_id,
        cast(crm_events.occurred_at as date) as event_date,
        crm_events.occurred_at,
        cast(null as decimal(18, 3)) as duration_seconds,
        crm_classes.event_key,
        crm_classes.is_engagement,
        crm_classes.follows_event_key,
        crm_classes.within_days

    from crm_events

    inner join crm_classes
        on crm_events.event_type = crm_classes.event_type
        and crm_events.property_value is not distinct from crm_classes.crm_property

),

steps as (

    select
        landed_steps.*,
        identities.surviving_lead_id

    from landed_steps

    inner join identities
        on landed_steps.lead_id = identities.lead_id

    inner join due_leads
        on identities.surviving_lead_id = due_leads.lead_id

),

followed_keys as (

    select distinct follows_event_key as event_key
    from steps

),

earlier as (

    {# The first of a day is enough to tell whether one came before. #}
    select
        identities.surviving_lead_id,
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

    inner join identities
        on event_days.lead_id = identities.lead_id

),

came_true as (

    select distinct
        steps.surviving_lead_id as lead_id,
        steps.event_id,
        steps.event_key,
        steps.event_date,
        steps.occurred_at,
        steps.duration_seconds,
        steps.is_engagement

    from steps

    inner join earlier
        on steps.surviving_lead_id = earlier.surviving_lead_id
        and steps.follows_event_key = earlier.event_key
        and steps.occurred_at > earlier.first_occurred_at
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

    select
        lead_id,
        event_id,
        'any_engagement' as event_key,
        event_date,
        occurred_at,
        duration_seconds
    from came_true
    where is_engagement

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
