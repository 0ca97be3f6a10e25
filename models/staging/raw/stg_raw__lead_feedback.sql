{# Grain: one row per verdict of sales that is not deleted, its current version. #}
select
    feedback_id,
    lead_id,
    {{ local_time('given_at') }} as given_at,
    verdict,
    reason,
    rep_id,
    {{ local_time('updated_at') }} as updated_at,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(source('raw', 'lead_feedback'), ['feedback_id']) }} as landed
where not coalesce(cast(is_deleted as boolean), false)
