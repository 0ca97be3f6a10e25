{# Grain: one row per lead's part in an opportunity that is not deleted, as landed last. #}
select
    opportunity_id,
    lead_id,
    cast(is_primary as boolean) as is_primary,
    role,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(source('raw', 'opportunity_leads'), ['opportunity_id', 'lead_id'], is_dated=false) }} as landed
where not coalesce(cast(is_deleted as boolean), false)
