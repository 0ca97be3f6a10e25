{# Grain: one row per verdict of sales that is not deleted, its current version. #}
select
    feedback_id,
    lead_id,
    cast(given_at as timestamp) as given_at,
    verdict,
    reason,
    rep_id,
    cast(updated_at as timestamp) as updated_at,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at
from {{ current_versions(source('raw', 'lead_feedback'), ['feedback_id']) }} as landed
where not coalesce(cast(is_deleted as boolean), false)
