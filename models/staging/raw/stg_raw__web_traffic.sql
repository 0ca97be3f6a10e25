{# Grain: one row per day, channel and region, as landed last. #}
select
    cast(traffic_date as date) as traffic_date,
    channel,
    region,
    cast(visitors as bigint) as visitors,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(
    source('raw', 'web_traffic'), ['traffic_date', 'channel', 'region'], is_dated=false
) }} as landed
