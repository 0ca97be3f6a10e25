{# Grain: one row per version of an opportunity. #}
select
    opportunity_id,
    {{ local_time('created_at') }} as created_at,
    stage,
    lead_id,
    account_id,
    same_as_opportunity_id,
    {{ local_time('updated_at') }} as updated_at,
    {{ local_time('closed_at') }} as closed_at,
    cast(is_won as boolean) as is_won,
    cast(amount as decimal(18, 4)) as amount,
    upper(currency) as currency,
    owner_id,
    lost_reason,
    coalesce(cast(is_deleted as boolean), false) as is_deleted,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ source('raw', 'opportunities') }}
