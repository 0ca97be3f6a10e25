{#
    Grain: one row per month from the first payment on, channel and region of paying leads: how many
    customers were active, how many of those of the month before still were, and what they paid. The
    trailing columns sum the last months of the var clv_window_months, complete ones alone.
#}
with
months as (
    select distinct
        calendar.month_start_date,
        last_day(calendar.month_start_date) <= data_end.last_date as is_complete
    from {{ ref('calendar') }} as calendar
    cross join {{ ref('int_data_end') }} as data_end
    inner join (select min(month_start_date) as first_month from {{ ref('int_customer_months') }}) as paid
        on calendar.month_start_date >= paid.first_month
),

monthly as (
    {# A row for each month, so that the trailing columns reach back over months without a customer. #}
    select
        months.month_start_date,
        slices.channel,
        slices.region,
        months.is_complete,
        cast(coalesce(sum(customers.is_active), 0) as bigint) as active_customers,
        cast(coalesce(sum(customers.was_active), 0) as bigint) as customers_before,
        cast(coalesce(sum(customers.is_active * customers.was_active), 0) as bigint) as retained_customers,
        cast(coalesce(sum(customers.amount), 0) as decimal(18, 4)) as net_payments
    from months
    cross join (
        select distinct channel, region
        from {{ ref('int_customer_months') }}
    ) as slices
    left join {{ ref('int_customer_months') }} as customers
        on months.month_start_date = customers.month_start_date
        and slices.channel = customers.channel
        and slices.region = customers.region
    group by all
)

select
    month_start_date,
    channel,
    region,
    is_complete,
    {%- for column in ['active_customers', 'customers_before', 'retained_customers'] %}
        {{ column }},
        cast(coalesce(sum(case when is_complete then {{ column }} end) over last_months, 0) as bigint)
            as trailing_{{ column }},
    {%- endfor %}
    net_payments,
    {{ gross_margin('net_payments') }} as gross_margin,
    {{ gross_margin('coalesce(sum(case when is_complete then net_payments end) over last_months, 0)') }}
        as trailing_gross_margin,
    count(case when is_complete then 1 end) over up_to_now as payment_months,
    cast({{ var('clv_horizon_months') }} as bigint) as clv_horizon_months
from monthly
window
    up_to_now as (partition by channel, region order by month_start_date),
    last_months as (
        partition by channel, region
        order by month_start_date
        rows between {{ var('clv_window_months') - 1 }} preceding and current row
    )
