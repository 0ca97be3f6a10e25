{#
    Grain: one row per lead and month that a payment of the lead covers, or the month
    after: whether the lead is an active customer in it, whether it was one the month before, and what it paid.
#}
{%- set paid_month = "cast(date_trunc('month', paid_at) as date)" %}
with
payments as (
    select
        lead_id,
        landed_amount > 0 as is_paid,
        amount,
        {{ paid_month }} as paid_month,
        cast({{ months_after(paid_month, var('payment_months')) }} as date) as month_after
    from {{ ref('int_payments') }}
),

months as (
    select
        *,
        {{ month_ends('paid_month', 'month_after') }} as month_end_date
    from payments
)

select
    months.lead_id, lifecycles.channel, lifecycles.region,
    cast(date_trunc('month', months.month_end_date) as date) as month_start_date,
    max(case when months.is_paid and months.month_end_date < months.month_after then 1 else 0 end) as is_active,
    max(case when months.is_paid and months.month_end_date > last_day(months.paid_month) then 1 else 0 end)
        as was_active,
    sum(case when months.month_end_date = last_day(months.paid_month) then months.amount end) as amount
from months
inner join {{ ref('int_lifecycles') }} as lifecycles
    on months.lead_id = lifecycles.lead_id
group by all
