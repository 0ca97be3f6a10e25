{# Grain: one row per payment that is not deleted, its current version. #}
select
    payment_id,
    lead_id,
    cast(paid_at as timestamp) as paid_at,
    cast(amount as decimal(18, 4)) as amount,
    upper(currency) as currency,
    cast(updated_at as timestamp) as updated_at,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at
from {{ current_versions(source('raw', 'payments'), ['payment_id']) }} as landed
where not coalesce(cast(is_deleted as boolean), false)
