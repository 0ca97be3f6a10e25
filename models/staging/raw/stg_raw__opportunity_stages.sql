{# Grain: one row per entry of an opportunity into a stage. #}
select
    opportunity_id,
    stage,
    cast(entered_at as timestamp) as entered_at,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at
from {{ source('raw', 'opportunity_stages') }}
