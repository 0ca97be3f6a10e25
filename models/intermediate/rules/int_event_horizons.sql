{#
    Grain: one row per event key that a live model or a lifecycle stage asks for, with the age in days beyond
    which an event no longer matters; NULL: it does for ever.
#}
with

known_keys as (

    select event_key from {{ ref('int_lead_event_days') }}
    union
    select event_key from {{ ref('int_crm_event_days') }}
    union
    select event_key from {{ ref('int_event_keys') }}

),

asked as (

    select
        event_key,
        window_days
    from {{ ref('int_event_windows') }}

    union all

    {# Silence may have begun at any time. #}
    select
        rules.event_key,
        null as window_days

    from {{ ref('stg_points__inactivity_rules') }} as rules

    inner join {{ ref('int_live_models') }} as live_models
        on rules.score_model = live_models.score_model

    union all

    select
        rules.requires_event_key as event_key,
        null as window_days

    from {{ ref('stg_points__inactivity_rules') }} as rules

    inner join {{ ref('int_live_models') }} as live_models
        on rules.score_model = live_models.score_model

    union all

    select
        value as event_key,
        null as window_days
    from {{ ref('lifecycle_stages') }}
    where source = 'event_key'

    union all

    select
        known_keys.event_key,
        null as window_days

    from known_keys

    inner join {{ ref('int_model_attributes') }} as model_attributes
        on model_attributes.attribute = 'first_event_key'

)

select
    event_key,
    case when count(*) = count(window_days) then max(window_days) end as horizon_days

from asked

where event_key is not null

group by event_key
