{#
    Grain: one row per distinct look of the events of this build (type and what conditions ask for), event
    key that such an event counts under, and key that it must follow. Every event counts under its own
    type, and under any_engagement if one of its keys is an engagement. CRM events have one property, of
    any name: the stage reached, or sales' reason.
#}
with

looks as (

    select
        event_type,
        asked_page,
        asked_properties,
        asked_seconds,
        cast(null as string) as crm_property
    from {{ ref('int_new_events') }}

    union

    select
        event_type,
        cast(null as string) as asked_page,
        cast(null as string) as asked_properties,
        cast(null as decimal(18, 3)) as asked_seconds,
        property_value as crm_property
    from {{ ref('int_crm_events') }}

),

matched as (

    select
        looks.*,
        event_keys.event_key,
        event_keys.is_engagement,
        event_keys.follows_event_key,
        event_keys.within_days

    from looks

    inner join {{ ref('int_event_keys') }} as event_keys
        on looks.event_type = event_keys.event_type
        and (
            event_keys.page_pattern is null
            or looks.asked_page like event_keys.page_pattern escape '!'
        )
        and (
            event_keys.property is null
            or coalesce(
                looks.crm_property,
                {{ json_text('looks.asked_properties', 'event_keys.property') }}
            ) like coalesce(event_keys.property_pattern, '%') escape '!'
        )
        and (
            event_keys.min_duration_seconds is null
            or looks.asked_seconds >= event_keys.min_duration_seconds
        )

),

keyed as (

    select
        event_type,
        asked_page,
        asked_properties,
        asked_seconds,
        crm_property,
        event_type as event_key,
        cast(null as string) as follows_event_key,
        cast(null as integer) as within_days,
        false as is_engagement
    from looks

    union

    select
        event_type,
        asked_page,
        asked_properties,
        asked_seconds,
        crm_property,
        event_key,
        follows_event_key,
        within_days,
        is_engagement and follows_event_key is not null as is_engagement
    from matched

    union

    select
        event_type,
        asked_page,
        asked_properties,
        asked_seconds,
        crm_property,
        'any_engagement' as event_key,
        cast(null as string) as follows_event_key,
        cast(null as integer) as within_days,
        false as is_engagement
    from matched
    where
        is_engagement
        and follows_event_key is null

)

{# An event that is an engagement anyway is none by its sequence. #}
select
    keyed.event_type,
    keyed.asked_page,
    keyed.asked_properties,
    keyed.asked_seconds,
    keyed.crm_property,
    keyed.event_key,
    keyed.follows_event_key,
    keyed.within_days,
    keyed.is_engagement
    and max(case when keyed.event_key = 'any_engagement' then 1 else 0 end) over (
        partition by
            keyed.event_type,
            keyed.asked_page,
            keyed.asked_properties,
            keyed.asked_seconds,
            keyed.crm_property
    ) = 0 as is_engagement

from keyed
