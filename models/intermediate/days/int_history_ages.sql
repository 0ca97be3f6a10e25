{#
    Grain: one row per live model, event key (NULL: the lead's creation) and age in days at which a score can rise, so that
    the day is part of the history, with the cause.
#}
with

inactivity_rules as (

    select * from {{ ref('stg_points__rules') }}
    where kind = 'inactivity'

),

ages as (

    select score_model, event_key, 0 as age_days, '3 event' as cause
    from {{ ref('int_event_windows') }}

    union

    select score_model, event_key, 0 as age_days, '3 event' as cause
    from inactivity_rules

    union

    select score_model, event_key, window_days as age_days, '7 event left its window' as cause
    from {{ ref('int_event_windows') }}
    where can_leaving_raise

    union

    select
        score_model, coalesce(requires_event_key, event_key) as event_key, silent_days as age_days, '5 silence' as cause
    from inactivity_rules
    where points > 0

    union

    {# Without a key that breaks the silence first, silence begins at the creation too. #}
    select score_model, null as event_key, silent_days as age_days, '5 silence' as cause
    from inactivity_rules
    where points > 0 and requires_event_key is null

    union

    select score_model, null as event_key, tenure_days as age_days, '6 rule began or ended' as cause
    from {{ ref('int_tenure_bounds') }}

)

select ages.score_model, ages.event_key, ages.age_days, ages.cause

from ages

inner join {{ ref('int_live_models') }} as live_models
    on ages.score_model = live_models.score_model

where ages.age_days is not null
