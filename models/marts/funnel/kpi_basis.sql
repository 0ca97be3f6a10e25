{# Grain: one row: what the numbers of the funnel and the KPIs rest on. #}
with
spend as (
    select {{ ordered_list('cost_type', 'cost_type', ', ') }} as cost_types
    from (select distinct cost_type from {{ ref('int_marketing_spend') }}) as cost_types
),

counted as (
    select
        (select count(*) from {{ ref('int_payments') }}) as payments,
        (select count(*) from {{ ref('int_opportunities') }}) as opportunities,
        count(opportunity_at) as leads_with_opportunity,
        count(customer_at) as customers
    from {{ ref('lead_lifecycle') }}
)

select
    data_end.last_date,
    exchange_rates.reporting_currency,
    coalesce(spend.cost_types, '(none)') as cost_types,
    case when counted.payments > 0 then 'net payments' else 'won amounts' end
        as revenue_source,
    counted.opportunities + counted.leads_with_opportunity > 0 as has_opportunities,
    counted.opportunities + counted.payments + counted.customers > 0 as has_customers,
    '{{ var("time_zone") }}' as time_zone,
    cast({{ var('gross_margin') }} as decimal(5, 4)) as gross_margin,
    cast({{ var('payment_months') }} as bigint) as payment_months,
    cast({{ var('clv_window_months') }} as bigint) as clv_window_months,
    cast({{ var('clv_horizon_months') }} as bigint) as clv_horizon_months,
    cast({{ var('roi_months') }} as bigint) as roi_months,
    cast({{ var('contact_within_hours') }} as bigint) as contact_within_hours,
    cast({{ var('unknown_slice_share') }} as decimal(5, 4)) as unknown_slice_share
from {{ ref('int_data_end') }} as data_end
cross join (select distinct to_currency as reporting_currency from {{ ref('int_exchange_rates') }}) as exchange_rates
cross join spend
cross join counted
