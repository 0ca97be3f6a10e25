-- Grain: one row per payment: a twelfth of the amount each month from the win on, until the customer
-- leaves, as 3 % do each month; and a refund of one payment in 70.
with months as (
    select
        lead_no,
        lead_no * 64 + month as payment_no,
        (amount / 12)::decimal(18, 2) as amount,
        closed_at + to_months(month::int) + to_hours(24 + floor(72 * draw(lead_no, 'pays'))::bigint)
            as paid_at
    from outcomes, range(18) as months (month)
    where is_won and month <= ln(1 - draw(lead_no, 'churn')) / ln(0.97)
),

paid as (
    select 'm' || payment_no as payment_id, lead_no, paid_at, amount
    from months
    union all
    select 'm' || payment_no || '-refund', lead_no, paid_at + interval 5 day, -amount
    from months
    where draw(payment_no, 'refund') < 0.015
)

select payment_id, lead_id(lead_no) as lead_id, paid_at, amount, 'EUR' as currency
from paid
where paid_at <= getvariable('last_moment')
order by paid_at, payment_id
