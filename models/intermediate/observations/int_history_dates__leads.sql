{#
    Grain: one row per surviving lead, live model, day on which its creation, an attribute, a rule's
    validity or silence can raise the score, or a month ends, and thing that makes it so.
#}
{{ config(materialized='view') }}
with

leads as (

    select
        due_leads.lead_id,
        due_leads.score_model,
        due_leads.history_from_date,
        min(cast(profiles.created_at as date)) as created_date,
        max(live_models.live_from_date) as live_from_date

    from {{ ref('int_due_leads') }} as due_leads

    inner join {{ ref('int_lead_profiles') }} as profiles
        on due_leads.lead_id = profiles.lead_id

    inner join {{ ref('int_live_models') }} as live_models
        on due_leads.score_model = live_models.score_model

    group by
        due_leads.lead_id,
        due_leads.score_model,
        due_leads.history_from_date

),

score_ages as (

    select * from {{ ref('int_score_ages') }}
    where
        event_key is null
        and cause is not null

),

month_ends as (

    select {{ month_ends('first_date', 'clock_date') }} as month_end_date
    from (
        select
            min(leads.created_date) as first_date,
            min(clock.clock_date) as clock_date
        from leads
        cross join {{ ref('int_clock') }} as clock
    ) as bounds

)

select
    lead_id,
    score_model,
    greatest(created_date, live_from_date) as score_date,
    case when created_date >= live_from_date then 'creation' else 'new model' end as cause

from leads

union all

select
    attributes.lead_id,
    model_attributes.score_model,
    attributes.valid_from_date as score_date,
    'attribute' as cause

from {{ ref('int_lead_attributes') }} as attributes

inner join {{ ref('int_model_attributes') }} as model_attributes
    on attributes.attribute = model_attributes.attribute

union all

select
    profiles.lead_id,
    due_leads.score_model,
    profiles.valid_from_date as score_date,
    'attribute' as cause

from {{ ref('int_lead_profiles') }} as profiles

inner join {{ ref('int_due_leads') }} as due_leads
    on profiles.lead_id = due_leads.lead_id

union all

select
    leads.lead_id,
    leads.score_model,
    {{ days_after('leads.created_date', 'score_ages.from_days') }} as score_date,
    score_ages.cause

from leads

inner join score_ages
    on leads.score_model = score_ages.score_model

union all

select
    leads.lead_id,
    leads.score_model,
    rule_turns.turn_date as score_date,
    'rule began or ended' as cause

from leads

inner join {{ ref('int_rule_turns') }} as rule_turns
    on leads.score_model = rule_turns.score_model

where rule_turns.turn_date is not null

union all

select
    leads.lead_id,
    leads.score_model,
    month_ends.month_end_date as score_date,
    'decay' as cause

from leads

inner join month_ends
    on leads.history_from_date <= month_ends.month_end_date
    and leads.created_date <= month_ends.month_end_date
