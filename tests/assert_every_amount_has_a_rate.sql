{#
    Every landed amount has an exchange rate into the reporting currency on its day; each row names the
    currency and day that lack one.
#}
with

amounts as (

    select
        currency,
        amount_date,
        landed_amount,
        amount
    from {{ ref('int_opportunities') }}
    union all
    select
        currency,
        cast(paid_at as date) as amount_date,
        landed_amount,
        amount
    from {{ ref('int_payments') }}
    union all
    select
        currency,
        spend_date as amount_date,
        landed_amount,
        amount
    from {{ ref('int_marketing_spend') }}

)

select
    currency,
    amount_date,
    count(*) as amounts

from amounts

where
    landed_amount is not null
    and amount is null

group by
    currency,
    amount_date
