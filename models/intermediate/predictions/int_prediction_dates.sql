{#
    Grain: one row per surviving lead and date at which the chance that it becomes a customer is told, or
    learned: the clock, and, of the leads of a stable sample, the days on which the models are measured and
    the last days of months. So a predictor learns of leads of every age.
#}
{{ config(materialized='view') }}
with
leads as (
    select
        lead_id,
        min(valid_from_date) as created_date,
        {{ hash_bucket("'training ' || lead_id") }} * count(*) over ()
        < 10000 * cast({{ var('training_leads') }} as bigint) as is_sampled
    from {{ ref('int_lead_lives') }}
    group by lead_id
),

dates as (
    select
        leads.lead_id,
        clock.clock_date as score_date,
        true as is_current
    from leads
    cross join {{ ref('int_clock') }} as clock

    union all

    select
        leads.lead_id,
        {{ month_ends('leads.created_date', 'clock.clock_date') }} as score_date,
        false as is_current
    from leads
    cross join {{ ref('int_clock') }} as clock
    where leads.is_sampled

    union all

    select
        leads.lead_id, evaluation_dates.score_date,
        false as is_current
    from leads
    inner join {{ ref('int_evaluation_dates') }} as evaluation_dates
        on leads.lead_id = evaluation_dates.lead_id
    where leads.is_sampled
)

select
    dates.lead_id, dates.score_date, leads.created_date,
    bool_or(dates.is_current) as is_current,
    bool_or(not dates.is_current) as is_training
from dates
inner join leads
    on dates.lead_id = leads.lead_id
inner join {{ ref('int_lead_lives') }} as lives
    on dates.lead_id = lives.lead_id
    and {{ holds_on('lives', 'dates.score_date') }}
cross join {{ ref('int_clock') }} as clock
where dates.score_date <= clock.clock_date
group by all
