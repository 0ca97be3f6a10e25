{#
    Grain: one row per currency and span of days, with its rate into the reporting currency: the last rate
    on or before the day. The reporting currency itself, and '' for an amount without currency, have rate
    1. The reporting currency is the var `reporting_currency`, else the only one landed.
#}
with

reporting as (

    select
        coalesce(
            nullif('{{ var("reporting_currency") }}', ''),
            case when count(*) = 1 then max(currency) end,
            '(none)'
        ) as to_currency

    from {{ ref('int_landed_currencies') }}

),

own as (

    select to_currency as from_currency from reporting
    union all
    select '' as from_currency

),

seed as (

    select
        cast(rate_date as date) as rate_date,
        from_currency,
        to_currency,
        cast(rate as decimal(19, 8)) as rate

    from {{ ref('exchange_rates') }}

)

select
    own.from_currency,
    reporting.to_currency,
    cast('1900-01-01' as date) as valid_from_date,
    cast('9999-12-31' as date) as valid_until_date,
    cast(1 as decimal(19, 8)) as rate

from reporting

cross join own

union all

select
    seed.from_currency,
    seed.to_currency,
    seed.rate_date as valid_from_date,
    lead(seed.rate_date, 1, cast('9999-12-31' as date)) over (
        partition by seed.from_currency order by seed.rate_date
    ) as valid_until_date,
    seed.rate

from seed

inner join reporting
    on seed.to_currency = reporting.to_currency

where seed.from_currency <> seed.to_currency
