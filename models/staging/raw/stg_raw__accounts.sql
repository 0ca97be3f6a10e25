{# Grain: one row per version of an account. #}
select
    account_id,
    {{ local_time('updated_at') }} as updated_at,
    lower(domain) as domain,
    name,
    industry,
    cast(employee_count as bigint) as employee_count,
    cast(annual_revenue as decimal(18, 4)) as annual_revenue,
    upper(currency) as currency,
    country,
    owner_id,
    coalesce(cast(is_deleted as boolean), false) as is_deleted,
    attributes,
    landing_seq,
    {{ local_time('landed_at') }} as landed_at
from {{ source('raw', 'accounts') }}
