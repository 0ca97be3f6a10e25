{# Grain: one row per version of an event. #}
select
    event_id,
    lead_id,
    event_type,
    {{ local_time('occurred_at') }} as occurred_at,
    {{ local_time('updated_at') }} as updated_at,
    page_url,
    campaign,
    cast(duration_seconds as decimal(18, 3)) as duration_seconds,
    properties,
    coalesce(cast(is_deleted as boolean), false) as is_deleted,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ source('raw', 'lead_events') }}
