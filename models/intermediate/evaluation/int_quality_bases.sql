{#
    Grain: one row per month and fifth of today's champion's scores of day 7 among the leads of the twelve
    months before that had the time: how many of them became customers. Leads of one score are in one
    part, so that there may be fewer than five.
#}
{%- set parts = 5 %}
with

scores as (

    select * from {{ ref('int_evaluation_scores') }}
    where
        outcome = 'customer'
        and scored_day = 7

),

champion as (

    select champions.score_model

    from {{ ref('int_champions') }} as champions

    inner join {{ ref('int_clock') }} as clock
        on champions.live_from_date <= clock.clock_date
        and champions.live_until_date > clock.clock_date

),

leads as (

    select distinct cast(date_trunc('month', created_date) as date) as quality_month
    from {{ ref('int_evaluation_leads') }}

),

base as (

    select
        leads.quality_month,
        scores.score_model,
        scores.score,
        scores.is_converted,
        rank() over (partition by leads.quality_month order by scores.score) - 1 as lower_leads,
        count(*) over (partition by leads.quality_month) as all_leads

    from leads

    inner join scores
        on leads.quality_month > scores.created_month
        and {{ days_between('scores.created_month', 'leads.quality_month') }} <= 366

    inner join champion
        on scores.score_model = champion.score_model

),

placed as (

    select
        *,
        cast({{ integer_divide(parts ~ ' * lower_leads', 'all_leads') }} as int) + 1 as part
    from base

)

select
    quality_month,
    score_model,
    part,
    min(score) as lower_score,
    count(*) as leads,
    count(case when is_converted then 1 end) as conversions,
    all_leads,
    cast(sum(count(case when is_converted then 1 end)) over (partition by quality_month) as bigint)
        as all_conversions

from placed

group by
    quality_month,
    score_model,
    part,
    all_leads
