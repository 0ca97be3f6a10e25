{# Grain: one row per version of an opportunity. #}
select
    opportunity_id,
    cast(created_at as timestamp) as created_at,
    stage,
    lead_id,
    account_id,
    same_as_opportunity_id,
    cast(updated_at as timestamp) as updated_at,
    cast(closed_at as timestamp) as closed_at,
    cast(is_won as boolean) as is_won,
    cast(amount as decimal(18, 4)) as amount,
    upper(currency) as currency,
    owner_id,
    lost_reason,
    coalesce(cast(is_deleted as boolean), false) as is_deleted,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at
from {{ source('raw', 'opportunities') }}
