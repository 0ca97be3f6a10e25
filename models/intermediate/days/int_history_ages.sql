{#
    Grain: one row per live model, event key (NULL: the lead's creation) and age in days at which a score can rise, so that
    the day is part of the history, with the cause.
#}
with
watched as (
    {# What looks at events within a window (NULL: without end), and whether one's leaving it can raise the score. #}
    select score_model, event_key, window_days, coalesce(points < 0 or max_points < 0, false) as can_leaving_raise
    from {{ ref('stg_points__rules') }}
    where kind = 'event'

    union

    select model_attributes.score_model, of_attributes.event_key, of_attributes.window_days, true as can_leaving_raise
    from {{ ref('int_model_attributes') }} as model_attributes
    inner join (
        select measure as attribute, event_key, window_days from {{ ref('event_measures') }}
        union all
        select measure as attribute, per_event_key as event_key, window_days from {{ ref('event_measures') }}
        union all
        select 'in_segment:' || segment as attribute, event_key, window_days from {{ ref('segments') }}
    ) as of_attributes
        on model_attributes.attribute = of_attributes.attribute
    where of_attributes.event_key is not null
),

inactivity_rules as (
    select * from {{ ref('stg_points__rules') }}
    where kind = 'inactivity'
),

ages as (
    select score_model, event_key, 0 as age_days, '3 event' as cause from watched

    union

    select score_model, event_key, 0 as age_days, '3 event' as cause from inactivity_rules

    union

    select score_model, event_key, window_days as age_days, '7 event left its window' as cause from watched
    where can_leaving_raise

    union

    select
        score_model, coalesce(requires_event_key, event_key) as event_key, silent_days as age_days, '5 silence' as cause
    from inactivity_rules
    where points > 0

    union

    {# Without a key that breaks the silence first, silence begins at the creation too. #}
    select score_model, null as event_key, silent_days as age_days, '5 silence' as cause from inactivity_rules
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
