{#
    Grain: one row per surviving lead, with the amount to be expected of a deal with it: the mean of won
    deals with leads of its size of company, held near the mean of all where there are few.
#}
{{ config(materialized='view') }}
with

deals as (

    select * from {{ ref('int_opportunities') }}
    where
        status = 'won'
        and amount is not null

),

leads as (

    select
        lead_id,
        coalesce(employee_band, '(none)') as employee_band

    from {{ ref('int_current_profiles') }}

),

overall as (

    select
        sum(amount) as amount,
        count(*) as deals

    from deals

),

by_band as (

    select
        leads.employee_band,
        sum(deals.amount) as amount,
        count(*) as deals

    from deals

    inner join leads
        on deals.lead_id = leads.lead_id

    group by leads.employee_band

)

select
    leads.lead_id,
    cast(
        (
            coalesce(cast(by_band.amount as double), 0)
            + {{ var('deals_of_the_mean') }} * cast(overall.amount as double) / nullif(overall.deals, 0)
        ) / (coalesce(by_band.deals, 0) + {{ var('deals_of_the_mean') }}) as decimal(18, 4)
    ) as expected_deal_amount

from leads

cross join overall

left join by_band
    on leads.employee_band = by_band.employee_band
