{#
    Grain: one row per surviving lead and model for which an event, or the creation, came of an age at which the
    score can change since the last build, with the first day of its history to score anew; NULL where the score
    can only have fallen.
#}
with

ageing as (

    {# What happened on these days came of age. #}
    select
        models.score_model,
        score_ages.event_key,
        {{ days_after('models.scored_date', '1 - score_ages.to_days') }} as first_date,
        {{ days_after('models.clock_date', '-score_ages.from_days') }} as last_date,
        case when score_ages.cause is not null then {{ days_after('models.scored_date', 1) }} end as history_from_date

    from {{ ref('int_model_progress') }} as models

    inner join {{ ref('int_score_ages') }} as score_ages
        on models.score_model = score_ages.score_model

    union all

    {# Events that lay ahead of the clock. #}
    select
        models.score_model,
        horizons.event_key,
        {{ days_after('models.scored_date', 1) }} as first_date,
        models.clock_date as last_date,
        {{ days_after('models.scored_date', 1) }} as history_from_date

    from {{ ref('int_model_progress') }} as models

    cross join {{ ref('int_event_horizons') }} as horizons

),

days as (

    select
        lead_id,
        event_key,
        event_date
    from {{ ref('int_lead_event_days') }}

    union all

    select
        lead_id,
        event_key,
        event_date
    from {{ ref('int_crm_event_days') }}

    union all

    select
        lead_id,
        event_key,
        event_date
    from {{ ref('int_sequence_steps') }}

    union all

    select
        lead_id,
        cast(null as string) as event_key,
        cast(person_created_at as date) as event_date
    from {{ ref('int_lead_identities') }}

),

aged as (

    {# Of landed leads, first: they are few. #}
    select
        days.lead_id,
        ageing.score_model,
        min(ageing.history_from_date) as history_from_date

    from days

    inner join ageing
        on days.event_key is not distinct from ageing.event_key
        and days.event_date >= ageing.first_date
        and days.event_date <= ageing.last_date

    group by
        days.lead_id,
        ageing.score_model

)

select
    identities.surviving_lead_id as lead_id,
    aged.score_model,
    min(aged.history_from_date) as history_from_date

from aged

inner join {{ ref('int_lead_identities') }} as identities
    on aged.lead_id = identities.lead_id

group by
    identities.surviving_lead_id,
    aged.score_model
