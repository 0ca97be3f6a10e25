{#
    Grain: one row per event key that a live model or a lifecycle stage asks for, with the age in days beyond
    which an event no longer matters; NULL: it does for ever.
#}
with

live_models as (

    select * from {{ ref('int_live_models') }}

),

model_attributes as (

    select * from {{ ref('int_model_attributes') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}

),

segments as (

    select * from {{ ref('stg_mapping__segments') }}

),

known_keys as (

    select event_key from {{ ref('int_lead_event_days') }}
    union
    select event_key from {{ ref('int_crm_event_days') }}
    union
    select event_key from {{ ref('int_event_keys') }}

),

asked as (

    select
        rules.event_key,
        rules.window_days

    from {{ ref('stg_points__event_rules') }} as rules

    inner join live_models
        on rules.score_model = live_models.score_model

    union all

    select
        measures.event_key,
        measures.window_days

    from measures

    inner join model_attributes
        on measures.measure = model_attributes.attribute

    union all

    select
        measures.per_event_key as event_key,
        measures.window_days

    from measures

    inner join model_attributes
        on measures.measure = model_attributes.attribute

    union all

    select
        segments.event_key,
        segments.window_days

    from segments

    inner join model_attributes
        on 'in_segment:' || segments.segment = model_attributes.attribute

    union all

    {# Silence may have begun at any time. #}
    select
        rules.event_key,
        null as window_days

    from {{ ref('stg_points__inactivity_rules') }} as rules

    inner join live_models
        on rules.score_model = live_models.score_model

    union all

    select
        rules.requires_event_key as event_key,
        null as window_days

    from {{ ref('stg_points__inactivity_rules') }} as rules

    inner join live_models
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

    inner join model_attributes
        on model_attributes.attribute = 'first_event_key'

),

final as (

    select
        event_key,
        case when count(*) = count(window_days) then max(window_days) end as horizon_days

    from asked

    where event_key is not null

    group by event_key

)

select * from final
