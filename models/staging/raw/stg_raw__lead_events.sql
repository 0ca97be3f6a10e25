{# Grain: one row per version of an event. #}
select
    event_id,
    lead_id,
    event_type,
    cast(occurred_at as timestamp) as occurred_at,
    cast(updated_at as timestamp) as updated_at,
    page_url,
    campaign,
    cast(duration_seconds as decimal(18, 3)) as duration_seconds,
    properties,
    coalesce(cast(is_deleted as boolean), false) as is_deleted,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at
from {{ source('raw', 'lead_events') }}
