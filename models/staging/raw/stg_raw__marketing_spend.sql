{# Grain: one row per day, channel, campaign, region and kind of cost, as landed last. #}
select
    cast(spend_date as date) as spend_date,
    channel,
    campaign,
    region,
    cost_type,
    cast(amount as decimal(18, 4)) as amount,
    upper(currency) as currency,
    cast(impressions as bigint) as impressions,
    cast(clicks as bigint) as clicks,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(
    source('raw', 'marketing_spend'), ['spend_date', 'channel', 'campaign', 'region', 'cost_type'], is_dated=false
) }} as landed
