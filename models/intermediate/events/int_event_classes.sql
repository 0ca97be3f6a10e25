{#
    Grain: one row per distinct look of the events of this build (type and what conditions ask for), event key that such an
    event counts under, and key that it must follow. Every event counts under its own type, and under any_engagement if one
    of its keys is an engagement. CRM events have one property, of any name: the stage reached, or sales' reason.
#}
{%- set look = 'event_type, asked_page_url, asked_properties, asked_duration_seconds, crm_property' %}
with

looks as (

    select distinct
        event_type,
        asked_page_url,
        asked_properties,
        asked_duration_seconds,
        cast(null as string) as crm_property
    from {{ ref('int_new_events') }}
    where event_type is not null

    union

    select event_type, null, null, null, property_value
    from {{ ref('int_crm_events') }}

),

matched as (

    select
        looks.*,
        event_keys.event_key,
        event_keys.follows_event_key,
        event_keys.within_days,
        event_keys.is_engagement
    from looks
    inner join {{ ref('int_event_keys') }} as event_keys
        on looks.event_type = event_keys.event_type
        and (event_keys.page_pattern is null or looks.asked_page_url like event_keys.page_pattern escape '!')
        and (
            event_keys.property is null
            or coalesce(looks.crm_property, {{ json_text('looks.asked_properties', 'event_keys.property') }})
            like coalesce(event_keys.property_pattern, '%') escape '!'
        )
        and (
            event_keys.min_duration_seconds is null
            or looks.asked_duration_seconds >= event_keys.min_duration_seconds
        )

),

keyed as (

    select *, event_type as event_key, cast(null as string) as follows_event_key, cast(null as int) as within_days, false as is_engagement
    from looks

    union

    select {{ look }}, event_key, follows_event_key, within_days, is_engagement and follows_event_key is not null
    from matched

    union

    select {{ look }}, 'any_engagement', null, null, false
    from matched
    where is_engagement and follows_event_key is null

)

{# An event that is an engagement anyway is none by its sequence. #}
select
    {{ look }},
    event_key,
    follows_event_key,
    within_days,
    is_engagement
    and max(case when event_key = 'any_engagement' then 1 else 0 end) over (partition by {{ look }}) = 0 as is_engagement

from keyed
