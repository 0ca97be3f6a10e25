{#
    Grain: one row per live model, event key that its score depends on, and number of days after which an
    event's leaving can raise the score (NULL where it cannot): the window of a negative rule, of a
    measure or of a segment.
#}
with

live_models as (

    select * from {{ ref('int_live_models') }}

),

model_attributes as (

    select * from {{ ref('int_model_attributes') }}

),

event_rules as (

    select * from {{ ref('stg_points__event_rules') }}

),

inactivity_rules as (

    select * from {{ ref('stg_points__inactivity_rules') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}

),

segments as (

    select * from {{ ref('stg_mapping__segments') }}

),

watched as (

    select
        score_model,
        event_key,
        case when points < 0 or max_points < 0 then window_days end as leaves_after_days

    from event_rules

    union

    select
        score_model,
        event_key,
        null as leaves_after_days
    from inactivity_rules

    union

    select
        model_attributes.score_model,
        measures.event_key,
        measures.window_days as leaves_after_days

    from model_attributes

    inner join measures
        on model_attributes.attribute = measures.measure

    union

    select
        model_attributes.score_model,
        measures.per_event_key as event_key,
        measures.window_days as leaves_after_days

    from model_attributes

    inner join measures
        on model_attributes.attribute = measures.measure

    where measures.per_event_key is not null

    union

    select
        model_attributes.score_model,
        segments.event_key,
        segments.window_days as leaves_after_days

    from model_attributes

    inner join segments
        on model_attributes.attribute = 'in_segment:' || segments.segment

    where segments.event_key is not null

),

final as (

    select watched.*

    from watched

    inner join live_models
        on watched.score_model = live_models.score_model

)

select * from final
