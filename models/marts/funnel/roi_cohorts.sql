{#
    Grain: one row per month of creation, channel and region that has leads or spend: what the month
    cost and what its leads earned within the months of the var roi_months.
#}
with
facts as (
    select
        cast(date_trunc('month', lead_at) as date) as cohort_month,
        channel,
        region,
        1 as leads,
        cast(null as decimal(18, 4)) as spend,
        cast(null as decimal(18, 4)) as revenue
    from {{ ref('lead_lifecycle') }}

    union all

    select
        cast(date_trunc('month', lifecycle.lead_at) as date) as cohort_month,
        lifecycle.channel,
        lifecycle.region,
        0 as leads,
        null as spend,
        revenue.amount as revenue
    from {{ ref('int_revenue') }} as revenue
    inner join {{ ref('lead_lifecycle') }} as lifecycle
        on revenue.lead_id = lifecycle.lead_id
    where revenue.earned_at <= {{ months_after('lifecycle.lead_at', var('roi_months')) }}

    union all

    select
        cast(date_trunc('month', spend_date) as date) as cohort_month,
        channel,
        region,
        0 as leads,
        amount as spend,
        null as revenue
    from {{ ref('int_marketing_spend') }}
),

cohorts as (
    {# Revenue is NULL, not 0, where none was ever landed. #}
    select
        cohort_month,
        channel,
        region,
        cast(sum(leads) as bigint) as leads,
        cast(sum(spend) as decimal(18, 4)) as spend,
        cast(coalesce(sum(revenue), (select max(0) from {{ ref('int_revenue') }})) as decimal(18, 4)) as revenue_within
    from facts
    group by all
)

select
    cohorts.*,
    {{ gross_margin('cohorts.revenue_within') }} as gross_margin_within,
    {{ months_after('last_day(cohorts.cohort_month)', var('roi_months')) }} <= data_end.last_date as is_mature
from cohorts
cross join {{ ref('int_data_end') }} as data_end
