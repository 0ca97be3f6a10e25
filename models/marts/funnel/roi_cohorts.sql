{#
    Grain: one row per UTC month of creation, channel and region that has leads or spend: what the month
    cost and what its leads earned within the months of the var roi_months.
#}
with

revenue as (

    select * from {{ ref('int_revenue') }}

),

no_revenue as (

    {# NULL, not 0, where no revenue was ever landed. #}
    select cast(case when count(*) > 0 then 0 end as decimal(18, 4)) as revenue
    from revenue

),

facts as (

    select
        cast(date_trunc('month', lifecycle.lead_at) as date) as cohort_month,
        lifecycle.channel,
        lifecycle.region,
        1 as leads,
        cast(null as decimal(18, 4)) as spend,
        no_revenue.revenue

    from {{ ref('lead_lifecycle') }} as lifecycle

    cross join no_revenue

    union all

    select
        cast(date_trunc('month', lifecycle.lead_at) as date) as cohort_month,
        lifecycle.channel,
        lifecycle.region,
        0 as leads,
        cast(null as decimal(18, 4)) as spend,
        revenue.amount as revenue

    from revenue

    inner join {{ ref('lead_lifecycle') }} as lifecycle
        on revenue.lead_id = lifecycle.lead_id

    where revenue.earned_at <= {{ months_after('lifecycle.lead_at', var('roi_months')) }}

    union all

    select
        cast(date_trunc('month', spend.spend_date) as date) as cohort_month,
        spend.channel,
        spend.region,
        0 as leads,
        spend.amount as spend,
        no_revenue.revenue

    from {{ ref('int_marketing_spend') }} as spend

    cross join no_revenue

),

cohorts as (

    select
        cohort_month,
        channel,
        region,
        cast(sum(leads) as bigint) as leads,
        cast(sum(spend) as decimal(18, 4)) as spend,
        cast(sum(revenue) as decimal(18, 4)) as revenue_within

    from facts

    group by
        cohort_month,
        channel,
        region

)

select
    cohorts.*,
    {{ gross_margin('cohorts.revenue_within') }} as gross_margin_within,
    {{ months_after('last_day(cohorts.cohort_month)', var('roi_months')) }}
    <= data_end.last_date as is_mature

from cohorts

cross join {{ ref('int_data_end') }} as data_end
