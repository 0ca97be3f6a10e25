{# Grain: one row per lead's part in an opportunity, as landed last. #}
select
    opportunity_id,
    lead_id,
    cast(is_primary as boolean) as is_primary,
    role,
    attributes,
    landing_seq,
    cast(landed_at as timestamp) as landed_at
from {{ last_landed('opportunity_leads', ['opportunity_id', 'lead_id']) }} as landed
