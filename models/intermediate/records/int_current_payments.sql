{# Grain: one row per payment, its current version. #}
select
    payment_id,
    lead_id,
    paid_at,
    amount,
    currency,
    landed_at

from ({{ current_versions(ref('stg_raw__payments'), ['payment_id']) }}) as payments
