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
        count(*) over () as lead_count

    from {{ ref('int_lead_lives') }}

    group by lead_id

),

months as (

    select
        leads.lead_id,
        {{ month_ends('leads.created_date', 'clock.clock_date') }} as score_date

    from leads

    cross join {{ ref('int_clock') }} as clock

    where
        {{ hash_bucket("'training ' || leads.lead_id") }} * leads.lead_count
        < 10000 * cast({{ var('training_leads') }} as bigint)

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
        months.lead_id,
        months.score_date,
        false as is_current

    from months

    union all

    select distinct
        months.lead_id,
        evaluation_dates.score_date,
        false as is_current

    from months

    inner join {{ ref('int_evaluation_dates') }} as evaluation_dates
        on months.lead_id = evaluation_dates.lead_id

)

select
    dates.lead_id,
    dates.score_date,
    leads.created_date,
    max(case when dates.is_current then 1 else 0 end) = 1 as is_current,
    max(case when dates.is_current then 0 else 1 end) = 1 as is_training

from dates

inner join leads
    on dates.lead_id = leads.lead_id

inner join {{ ref('int_lead_lives') }} as lives
    on dates.lead_id = lives.lead_id
    and dates.score_date >= lives.valid_from_date
    and dates.score_date < lives.valid_until_date

cross join {{ ref('int_clock') }} as clock

where dates.score_date <= clock.clock_date

group by
    dates.lead_id,
    dates.score_date,
    leads.created_date
