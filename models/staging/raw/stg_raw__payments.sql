{# Grain: one row per payment that is not deleted, its current version. #}
select
    payment_id,
    lead_id,
    {{ local_time('paid_at') }} as paid_at,
    cast(amount as decimal(18, 4)) as amount,
    upper(currency) as currency,
    {{ local_time('updated_at') }} as updated_at,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ current_versions(source('raw', 'payments'), ['payment_id']) }} as landed
where not coalesce(cast(is_deleted as boolean), false)
