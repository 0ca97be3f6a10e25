{# Grain: one row per person of sales, as last landed. #}
select
    rep_id,
    coalesce(cast(is_active as boolean), true) as is_active
from {{ current_versions(source('raw', 'reps'), ['rep_id'], is_dated=false) }} as landed
