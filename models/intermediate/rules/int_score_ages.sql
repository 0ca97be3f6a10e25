{#
    Grain: one row per live model, event key (NULL: the lead's creation), span of ages in days over which a score
    can change, and, where it can rise, so that the days are part of its history, the cause.
#}
{%- set for_ever = 100000 %}
with

event_rules as (

    {# Half-lives leave nothing of an event, to 8 decimals, after the 28th. #}
    select
        score_model,
        event_key,
        least(window_days, case decay
            when 'linear' then decay_days
            when 'exponential' then 28 * decay_days
            when 'step' then case when decay_rate > 0 then decay_days * ceil(1 / decay_rate) end
        end) as decayed_days,
        decay
    from {{ ref('stg_points__event_rules') }}

),

ages as (

    select
        score_model,
        event_key,
        0 as from_days,
        0 as to_days,
        'event' as cause
    from {{ ref('int_event_windows') }}

    union

    select
        score_model,
        event_key,
        0 as from_days,
        0 as to_days,
        'event' as cause
    from {{ ref('stg_points__inactivity_rules') }}

    union

    select
        score_model,
        event_key,
        window_days as from_days,
        window_days as to_days,
        case when can_leaving_raise then 'event left its window' end as cause
    from {{ ref('int_event_windows') }}
    where window_days is not null

    union

    select
        score_model,
        event_key,
        1 as from_days,
        decayed_days as to_days,
        cast(null as string) as cause
    from event_rules
    where
        decay <> 'none'
        and decayed_days is not null

    union

    {# Without a key that breaks the silence first, silence begins at the creation too. #}
    select
        score_model,
        coalesce(requires_event_key, event_key) as event_key,
        silent_days as from_days,
        silent_days as to_days,
        case when points > 0 then 'silence' end as cause
    from {{ ref('stg_points__inactivity_rules') }}

    union

    select
        score_model,
        cast(null as string) as event_key,
        silent_days as from_days,
        silent_days as to_days,
        case when points > 0 then 'silence' end as cause
    from {{ ref('stg_points__inactivity_rules') }}
    where requires_event_key is null

    union

    select
        score_model,
        cast(null as string) as event_key,
        tenure_days as from_days,
        tenure_days as to_days,
        'rule began or ended' as cause
    from {{ ref('int_tenure_bounds') }}

    union

    select
        score_model,
        cast(null as string) as event_key,
        0 as from_days,
        {{ for_ever }} as to_days,
        cast(null as string) as cause
    from {{ ref('int_model_attributes') }}
    where attribute = 'tenure_days'

)

select
    ages.score_model,
    ages.event_key,
    cast(ages.from_days as integer) as from_days,
    cast(ages.to_days as integer) as to_days,
    ages.cause

from ages

inner join {{ ref('int_live_models') }} as live_models
    on ages.score_model = live_models.score_model
