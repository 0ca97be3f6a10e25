{# Grain: one row per version of a verdict of sales. #}
select
    feedback_id,
    lead_id,
    cast(given_at as timestamp) as given_at,
    verdict,
    reason,
    rep_id,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at

from {{ source('raw', 'lead_feedback') }}
