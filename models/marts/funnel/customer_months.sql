{#
    Grain: one row per month from the first payment on, channel and region of paying leads: how many
    customers were active, how many of those of the month before still were, and what they paid. The
    trailing columns sum the last months of the var clv_window_months, complete ones alone.
#}
{%- set window = 'partition by channel, region order by month_start_date rows between '
    ~ (var('clv_window_months') - 1) ~ ' preceding and current row' %}
with

payments as (

    select
        lead_id,
        landed_amount,
        amount,
        cast(date_trunc('month', {{ reporting_date('paid_at') }}) as date) as paid_month

    from {{ ref('int_payments') }}

),

months as (

    select distinct
        calendar.month_start_date,
        last_day(calendar.month_start_date) <= data_end.last_reporting_date as is_complete

    from {{ ref('calendar') }} as calendar

    cross join {{ ref('int_data_end') }} as data_end

    where calendar.month_start_date >= (select min(payments.paid_month) from payments)

),

active as (

    select distinct
        payments.lead_id,
        months.month_start_date

    from payments

    inner join months
        on payments.paid_month <= months.month_start_date
        and months.month_start_date
        < {{ months_after('payments.paid_month', var('payment_months')) }}

    where payments.landed_amount > 0

),

facts as (

    select
        lead_id,
        month_start_date,
        1 as is_active,
        0 as was_active,
        cast(0 as decimal(18, 4)) as amount

    from active

    union all

    select
        lead_id,
        cast({{ months_after('month_start_date', 1) }} as date) as month_start_date,
        0 as is_active,
        1 as was_active,
        cast(0 as decimal(18, 4)) as amount

    from active

    union all

    select
        lead_id,
        paid_month as month_start_date,
        0 as is_active,
        0 as was_active,
        amount

    from payments

),

customers as (

    select
        facts.lead_id,
        facts.month_start_date,
        lifecycle.channel,
        lifecycle.region,
        max(facts.is_active) as is_active,
        max(facts.was_active) as was_active,
        sum(facts.amount) as amount

    from facts

    inner join {{ ref('lead_lifecycle') }} as lifecycle
        on facts.lead_id = lifecycle.lead_id

    group by
        facts.lead_id,
        facts.month_start_date,
        lifecycle.channel,
        lifecycle.region

),

slices as (

    select distinct
        channel,
        region

    from customers

),

monthly as (

    {# A row for each month, so that the trailing columns reach back over months without a customer. #}
    select
        months.month_start_date,
        slices.channel,
        slices.region,
        months.is_complete,
        coalesce(sum(customers.is_active), 0) as active_customers,
        coalesce(sum(customers.was_active), 0) as customers_before,
        coalesce(sum(customers.is_active * customers.was_active), 0) as retained_customers,
        cast(coalesce(sum(customers.amount), 0) as decimal(18, 4)) as net_payments

    from months

    cross join slices

    left join customers
        on months.month_start_date = customers.month_start_date
        and slices.channel = customers.channel
        and slices.region = customers.region

    group by
        months.month_start_date,
        slices.channel,
        slices.region,
        months.is_complete

)

select
    month_start_date,
    channel,
    region,
    is_complete,
    cast(active_customers as bigint) as active_customers,
    cast(customers_before as bigint) as customers_before,
    cast(retained_customers as bigint) as retained_customers,
    net_payments,
    {{ gross_margin('net_payments') }} as gross_margin,
    {%- for column in ['active_customers', 'customers_before', 'retained_customers'] %}
        cast(coalesce(sum(case when is_complete then {{ column }} end) over ({{ window }}), 0) as bigint)
            as trailing_{{ column }},
    {%- endfor %}
    {{ gross_margin('coalesce(sum(case when is_complete then net_payments end) over (' ~ window ~ '), 0)') }}
        as trailing_gross_margin,
    cast(count(case when is_complete then 1 end) over (
        partition by channel, region order by month_start_date
    ) as bigint) as payment_months,
    cast({{ var('clv_horizon_months') }} as bigint) as clv_horizon_months

from monthly
