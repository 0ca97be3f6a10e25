{#
    Grain: one row per distinct look of the events of this build (type and what conditions ask for), event key that such an
    event counts under, and key that it must follow. Every event counts under its own type, and under any_engagement if one
    of its keys is an engagement. CRM events have one property, of any name: the stage reached, or sales' reason.
#}
{%- set look = 'event_type, asked_page_url, asked_properties, asked_duration_seconds, crm_property' %}
with
looks as (
    select {{ look | replace('crm', 'cast(null as string) as crm') }}
    from {{ ref('int_new_events') }}
    where event_type is not null

    union

    {# The CRM knows of no page, property by name or duration. #}
    select event_type, null as page_url, null as properties, null as duration_seconds, property_value
    from {{ ref('int_crm_events') }}
),

matched as (
    select
        looks.*,
        event_keys.event_key, event_keys.follows_event_key, event_keys.within_days, event_keys.is_engagement
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
    select
        {{ look }},
        event_key, follows_event_key, within_days, is_engagement and follows_event_key is not null as is_engagement
    from matched

    union

    select
        {{ look }},
        event_type as event_key, null as follows_event_key, null as within_days, false as is_engagement
    from looks

    union

    select
        {{ look }},
        'any_engagement' as event_key, null as follows_event_key, null as within_days, false as is_engagement
    from matched
    where is_engagement and follows_event_key is null
),

classes as (
    {# An event that is an engagement anyway is none by its sequence. #}
    select
        {{ look }},
        event_key, follows_event_key, within_days,
        is_engagement and not bool_or(event_key = 'any_engagement') over (partition by {{ look }}) as is_engagement
    from keyed
)

select
    *,
    dense_rank() over (order by event_key, follows_event_key, within_days, is_engagement) as class_number,
    follows_event_key is not null
    or event_key in (select kpi_events.event_key from {{ ref('kpi_events') }} as kpi_events) as is_timed
from classes
