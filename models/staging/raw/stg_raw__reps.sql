{# Grain: one row per person of sales, as landed last. Who it is no model asks: marts know reps by their ids. #}
select
    rep_id,
    region,
    language,
    expertise,
    cast(capacity as bigint) as capacity,
    cast(coalesce(weight, 1) as decimal(18, 4)) as weight,
    coalesce(cast(is_active as boolean), true) as is_active,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(source('raw', 'reps'), ['rep_id'], is_dated=false) }} as landed
