{#
    Grain: one row per surviving lead, live model, day on which its creation, an attribute, a rule's validity or silence can
    raise the score, or a month ends, and cause.
#}
{{ config(materialized='view') }}
with
leads as (
    select
        profiles.lead_id, live_models.score_model, live_models.live_from_date,
        min(cast(profiles.created_at as date)) as created_date
    from {{ ref('int_lead_profiles') }} as profiles
    cross join {{ ref('int_live_models') }} as live_models
    group by profiles.lead_id, live_models.score_model, live_models.live_from_date
),

model_dates as (
    {# The same for every lead of a model. #}
    select score_model, valid_from as score_date, '6 rule began or ended' as cause from {{ ref('stg_points__rules') }}

    union

    select score_model, {{ days_after('valid_to', 1) }} as score_date, '6 rule began or ended' as cause
    from {{ ref('stg_points__rules') }}

    union

    select
        live_models.score_model,
        {{ month_ends('first_days.first_date', 'clock.clock_date') }} as score_date, '8 decay' as cause
    from {{ ref('int_live_models') }} as live_models
    cross join {{ ref('int_clock') }} as clock
    cross join (select min(created_date) as first_date from leads) as first_days
)

select
    lead_id, score_model,
    greatest(created_date, live_from_date) as score_date,
    case when created_date >= live_from_date then '1 creation' else '2 new model' end as cause
from leads

union all

select
    attributes.lead_id, model_attributes.score_model, attributes.valid_from_date as score_date, '4 attribute' as cause
from {{ ref('int_lead_attributes') }} as attributes
inner join {{ ref('int_model_attributes') }} as model_attributes
    on attributes.attribute = model_attributes.attribute

union all

select profiles.lead_id, live_models.score_model, profiles.valid_from_date as score_date, '4 attribute' as cause
from {{ ref('int_lead_profiles') }} as profiles
cross join {{ ref('int_live_models') }} as live_models

union all

select
    leads.lead_id, leads.score_model, {{ days_after('leads.created_date', 'history_ages.age_days') }} as score_date,
    history_ages.cause
from leads
inner join {{ ref('int_history_ages') }} as history_ages
    on leads.score_model = history_ages.score_model
    and history_ages.event_key is null

union all

select leads.lead_id, leads.score_model, model_dates.score_date, model_dates.cause
from leads
inner join model_dates
    on leads.score_model = model_dates.score_model
    and leads.created_date <= model_dates.score_date
