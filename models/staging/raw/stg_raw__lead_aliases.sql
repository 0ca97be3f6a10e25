{# Grain: one row per other name of a lead that is not deleted, as landed last. #}
select
    alias_id,
    lead_id,
    kind,
    {{ local_time('linked_at') }} as linked_at,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(source('raw', 'lead_aliases'), ['alias_id'], is_dated=false) }} as landed
where not coalesce(cast(is_deleted as boolean), false)
