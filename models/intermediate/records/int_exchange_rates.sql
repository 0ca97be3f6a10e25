{#
    Grain: one row per currency and span of days, with its rate into the reporting currency: the last rate
    on or before the day. The reporting currency itself, and '' for an amount without currency, have rate
    1. The reporting currency is the var `reporting_currency`, else the only one landed.
#}
with
landed as (
    {%- for entity in ['leads', 'accounts', 'opportunities', 'payments', 'marketing_spend'] %}
        select currency from {{ ref('stg_raw__' ~ entity) }}
        {{ 'union' if not loop.last }}
    {%- endfor %}
),

reporting as (
    select
        coalesce(
            nullif('{{ var("reporting_currency") }}', ''),
            case when count(currency) = 1 then max(currency) end,
            '(none)'
        ) as to_currency
    from landed
),

rates as (
    select from_currency, to_currency, rate_date, rate from {{ ref('exchange_rates') }}
    where from_currency <> to_currency
    {%- for own in ['to_currency', "''"] %}

        union all

        select
            {{ own }} as from_currency, to_currency,
            cast('1900-01-01' as date) as rate_date, cast(1 as decimal(19, 8)) as rate
        from reporting
    {%- endfor %}
)

select
    rates.from_currency, rates.to_currency,
    rates.rate_date as valid_from_date,
    lead(rates.rate_date, 1, cast('9999-12-31' as date)) over (
        partition by rates.from_currency order by rates.rate_date
    ) as valid_until_date,
    rates.rate
from rates
inner join reporting
    on rates.to_currency = reporting.to_currency
