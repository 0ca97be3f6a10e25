{# Grain: one row per version of a day's visitors. #}
select
    cast(traffic_date as date) as traffic_date,
    channel,
    region,
    cast(visitors as bigint) as visitors,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at

from {{ source('raw', 'web_traffic') }}
