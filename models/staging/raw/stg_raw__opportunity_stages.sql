{# Grain: one row per entry of an opportunity into a stage that is not deleted. #}
select
    opportunity_id,
    stage,
    {{ local_time('entered_at') }} as entered_at,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(
    source('raw', 'opportunity_stages'), ['opportunity_id', 'stage', 'entered_at'], is_dated=false
) }} as landed
where not coalesce(cast(is_deleted as boolean), false)
