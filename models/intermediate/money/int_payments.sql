{#
    Grain: one row per payment of a landed lead up to the clock, with the surviving lead and the amount in
    the reporting currency.
#}
select
    payments.payment_id,
    identities.surviving_lead_id as lead_id,
    payments.paid_at,
    coalesce(payments.currency, '') as currency,
    payments.amount as landed_amount,
    cast(payments.amount * exchange_rates.rate as decimal(18, 4)) as amount
from {{ ref('stg_raw__payments') }} as payments
inner join {{ ref('int_lead_identities') }} as identities
    on payments.lead_id = identities.lead_id
cross join {{ ref('int_clock') }} as clock
left join {{ ref('int_exchange_rates') }} as exchange_rates
    on coalesce(payments.currency, '') = exchange_rates.from_currency
    and {{ holds_on('exchange_rates', 'cast(payments.paid_at as date)') }}
where cast(payments.paid_at as date) <= clock.facts_until_date
