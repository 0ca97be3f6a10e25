{# Grain: one row per payment, as landed last. #}
select
    payment_id,
    lead_id,
    cast(paid_at as timestamp) as paid_at,
    cast(amount as decimal(18, 4)) as amount,
    upper(currency) as currency,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at
from {{ last_landed('payments', ['payment_id']) }} as landed
