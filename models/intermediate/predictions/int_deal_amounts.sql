{#
    Grain: one row per surviving lead, with the amount to be expected of a deal with it: the mean of won
    deals with leads of its size of company, held near the mean of all where there are few.
#}
{{ config(materialized='view') }}
with

sizes as (

    {# Leads without a size are one more size; sizes without a deal are there too. #}
    select
        profiles.employee_band,
        sum(deals.amount) as amount,
        count(deals.amount) as deals,
        sum(sum(deals.amount)) over () as amount_of_all,
        sum(count(deals.amount)) over () as deals_of_all
    from {{ ref('int_current_profiles') }} as profiles
    left join {{ ref('int_opportunities') }} as deals
        on profiles.lead_id = deals.lead_id
        and deals.status = 'won'
    group by profiles.employee_band

)

select
    profiles.lead_id,
    cast(
        (
            coalesce(cast(sizes.amount as double), 0)
            + {{ var('deals_of_the_mean') }} * cast(sizes.amount_of_all as double) / nullif(sizes.deals_of_all, 0)
        ) / (sizes.deals + {{ var('deals_of_the_mean') }}) as decimal(18, 4)
    ) as expected_deal_amount

from {{ ref('int_current_profiles') }} as profiles

inner join sizes
    on profiles.employee_band is not distinct from sizes.employee_band
