{#
    Every landed amount has an exchange rate into the reporting currency on its day, and where several
    currencies landed one of them is chosen; each row says what is missing. An amount of an account counts
    on many days: its currency must have a rate at all.
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
    union all
    select
        coalesce(versions.currency, '') as currency,
        versions.valid_from_date as amount_date,
        coalesce(versions.budget, versions.annual_revenue) as landed_amount,
        exchange_rates.rate as amount
    from {{ ref('int_lead_versions') }} as versions
    left join {{ ref('int_exchange_rates') }} as exchange_rates
        on coalesce(versions.currency, '') = exchange_rates.from_currency
        and versions.valid_from_date >= exchange_rates.valid_from_date
        and versions.valid_from_date < exchange_rates.valid_until_date
    where coalesce(versions.budget, versions.annual_revenue) is not null
    union all
    select
        coalesce(accounts.currency, '') as currency,
        cast(null as date) as amount_date,
        accounts.annual_revenue as landed_amount,
        cast(null as decimal(18, 4)) as amount
    from {{ ref('stg_raw__accounts') }} as accounts
    left join {{ ref('int_exchange_rates') }} as exchange_rates
        on coalesce(accounts.currency, '') = exchange_rates.from_currency
    where exchange_rates.from_currency is null

),

landed_currencies as (

    select {{ ordered_list('currency', 'currency', ', ') }} as currencies
    from (
        {%- for entity in ['leads', 'accounts', 'opportunities', 'payments', 'marketing_spend'] %}
            select currency from {{ ref('stg_raw__' ~ entity) }}
            {{ 'union' if not loop.last }}
        {%- endfor %}
    ) as landed

),

reporting as (

    select distinct to_currency from {{ ref('int_exchange_rates') }}

)

select
    landed_currencies.currencies as currency,
    cast(null as date) as amount_date,
    cast(null as bigint) as amounts,
    'several currencies landed: choose one in the var reporting_currency' as what_to_do

from landed_currencies

cross join reporting

where
    reporting.to_currency = '(none)'
    and landed_currencies.currencies is not null

union all

select
    amounts.currency,
    amounts.amount_date,
    count(*) as amounts,
    'add its rate into ' || reporting.to_currency || ' on or before the day to the seed exchange_rates'
        as what_to_do

from amounts

cross join reporting

where
    amounts.landed_amount is not null
    and amounts.amount is null
    and reporting.to_currency <> '(none)'

group by
    amounts.currency,
    amounts.amount_date,
    reporting.to_currency

order by
    amount_date,
    currency
