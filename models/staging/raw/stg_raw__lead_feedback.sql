{# Grain: one row per verdict of sales, as landed last. #}
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
from {{ last_landed('lead_feedback', ['feedback_id']) }} as landed
