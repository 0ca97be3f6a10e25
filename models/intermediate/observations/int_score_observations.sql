{#
    Grain: one row per surviving lead and live model that are due, and date at which the lead is scored: the
    days of its history, those on which the models are measured, and today, which is the clock or the last
    day before the lead was deleted. A lead is scored from the day of its creation on, until the day it is
    deleted.
#}
{%- set causes = [
    'creation', 'new model', 'event', 'attribute', 'silence', 'rule began or ended', 'event left its window', 'decay'
] %}
with

due_leads as (

    select * from {{ ref('int_due_leads') }}

),

profiles as (

    select * from {{ ref('int_lead_profiles') }}

),

history_dates as (

    {# Between these days a score only falls, so the first day over a threshold is exact. #}
    select * from {{ ref('int_history_dates__events') }}
    union all
    select * from {{ ref('int_history_dates__leads') }}

),

evaluation_dates as (

    select * from {{ ref('int_evaluation_dates') }}

),

live_models as (

    select * from {{ ref('int_live_models') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

alive as (

    select
        profiles.lead_id,
        cast(profiles.created_at as date) as created_date,
        coalesce(profiles.region, '(none)') as lead_region,
        profiles.valid_from_date,
        least(
            {{ days_after('profiles.valid_until_date', -1) }}, clock.clock_date
        ) as valid_to_date,
        row_number() over (
            partition by profiles.lead_id order by profiles.valid_from_date desc
        ) as recency

    from profiles

    cross join clock

    where
        not profiles.is_deleted
        and profiles.valid_from_date <= clock.clock_date

),

dates as (

    select
        alive.lead_id,
        due_leads.score_model,
        alive.valid_to_date as score_date,
        true as is_current,
        cast(null as string) as cause

    from alive

    inner join due_leads
        on alive.lead_id = due_leads.lead_id

    inner join live_models
        on due_leads.score_model = live_models.score_model
        and alive.valid_to_date >= live_models.live_from_date

    where alive.recency = 1

    union all

    select
        history_dates.lead_id,
        history_dates.score_model,
        history_dates.score_date,
        false as is_current,
        history_dates.cause

    from history_dates

    inner join due_leads
        on history_dates.lead_id = due_leads.lead_id
        and history_dates.score_model = due_leads.score_model
        and history_dates.score_date >= due_leads.history_from_date

    inner join live_models
        on history_dates.score_model = live_models.score_model
        and history_dates.score_date >= live_models.live_from_date

    {% if not var('history') -%}
        where false
    {%- endif %}

    union all

    {# A model is measured on days before it went live, too. #}
    select
        evaluation_dates.lead_id,
        due_leads.score_model,
        evaluation_dates.score_date,
        false as is_current,
        cast(null as string) as cause

    from evaluation_dates

    inner join due_leads
        on evaluation_dates.lead_id = due_leads.lead_id
        and evaluation_dates.score_date >= due_leads.history_from_date

    inner join live_models
        on due_leads.score_model = live_models.score_model

),

golden_leads as (

    {# Personas are scored at the clock, beside the leads: neither current nor history. #}
    select distinct
        golden_leads.lead_id,
        golden_leads.lead_region,
        clock.clock_date

    from {{ ref('int_golden_attributes') }} as golden_leads

    cross join clock

    where clock.clock_date is not null

),

observations as (

    select
        dates.lead_id,
        dates.score_model,
        dates.score_date,
        alive.created_date,
        alive.lead_region,
        max(case when dates.is_current then 1 else 0 end) = 1 as is_current,
        {# NULL for a day that is scored as today or to measure the models only: no part of the history. #}
        min_by(
            dates.cause,
            case dates.cause
                {%- for cause in causes %}
                    when '{{ cause }}' then {{ loop.index }}
                {%- endfor %}
            end
        ) as cause

    from dates

    inner join alive
        on dates.lead_id = alive.lead_id
        and dates.score_date >= alive.valid_from_date
        and dates.score_date <= alive.valid_to_date

    group by
        dates.lead_id,
        dates.score_model,
        dates.score_date,
        alive.created_date,
        alive.lead_region

    union all

    select
        golden_leads.lead_id,
        live_models.score_model,
        golden_leads.clock_date as score_date,
        golden_leads.clock_date as created_date,
        golden_leads.lead_region,
        false as is_current,
        cast(null as string) as cause

    from golden_leads

    cross join live_models

),

lead_numbers as (

    select
        lead_id,
        cast(row_number() over (order by lead_id) as bigint) as lead_number

    from (
        select lead_id from due_leads
        union
        select lead_id from golden_leads
    ) as leads

),

model_numbers as (

    select
        score_model,
        row_number() over (order by score_model) as model_number
    from live_models

),

final as (

    {# One number for lead, model and day: up to 16,383 models, and 131,072 days from 1900 to past 2200. #}
    select
        (lead_numbers.lead_number * 16384 + model_numbers.model_number) * 131072
        + {{ days_between("cast('1900-01-01' as date)", 'observations.score_date') }} as observation_id,
        observations.*

    from observations

    inner join lead_numbers
        on observations.lead_id = lead_numbers.lead_id

    inner join model_numbers
        on observations.score_model = model_numbers.score_model

)

select * from final
