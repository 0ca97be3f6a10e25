{#
    Grain: one row per day, channel, campaign, region and kind of cost up to the clock, with the amount in
    the reporting currency. Only the kinds that the var `cost_types` names, all where it names none.
#}
{%- set cost_types = list_var('cost_types') | map('replace', "'", "''") | join("', '") %}
select
    spend.spend_date, channels.meaning as channel, spend.campaign, spend.region, spend.cost_type,
    coalesce(spend.currency, '') as currency,
    spend.amount as landed_amount,
    cast(spend.amount * exchange_rates.rate as decimal(18, 4)) as amount
from {{ ref('stg_raw__marketing_spend') }} as spend
inner join {{ ref('int_words') }} as channels
    on spend.channel = channels.written
    and channels.kind = 'channel'
cross join {{ ref('int_clock') }} as clock
left join {{ ref('int_exchange_rates') }} as exchange_rates
    on coalesce(spend.currency, '') = exchange_rates.from_currency
    and {{ holds_on('exchange_rates', 'spend.spend_date') }}
where
    spend.spend_date <= clock.facts_until_date
    and {{ "spend.cost_type in ('" ~ cost_types ~ "')" if cost_types else 'true' }}
