{# Grain: one row per version of a lead's part in an opportunity. #}
select
    opportunity_id,
    lead_id,
    cast(is_primary as boolean) as is_primary,
    role,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at

from {{ source('raw', 'opportunity_leads') }}
