{#
    Grain: one row per month and fifth of the champion's scores of day 7 among the leads of the twelve
    months before that had the time: how many of them became customers.
#}
{%- set parts = 5 %}
with

scores as (

    select * from {{ ref('int_evaluation_scores') }}
    where
        outcome = 'customer'
        and scored_day = 7

),

champions as (

    select score_model from {{ ref('int_live_models') }}
    where role = 'champion'

),

leads as (

    select distinct cast(date_trunc('month', created_date) as date) as quality_month
    from {{ ref('int_evaluation_leads') }}

),

base as (

    select
        leads.quality_month,
        scores.score,
        scores.is_converted,
        ntile({{ parts }}) over (
            partition by leads.quality_month
            order by scores.score, scores.lead_id
        ) as part

    from leads

    inner join scores
        on leads.quality_month > scores.created_month
        and {{ days_between('scores.created_month', 'leads.quality_month') }} <= 366

    inner join champions
        on scores.score_model = champions.score_model

),

final as (

    select
        quality_month,
        part,
        min(score) as lower_score,
        count(*) as leads,
        count(case when is_converted then 1 end) as conversions,
        cast(sum(count(*)) over (partition by quality_month) as bigint) as all_leads,
        cast(sum(count(case when is_converted then 1 end)) over (partition by quality_month) as bigint)
            as all_conversions

    from base

    group by
        quality_month,
        part

)

select * from final
