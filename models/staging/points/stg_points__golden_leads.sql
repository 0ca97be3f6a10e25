{# Grain: one row per persona of an analyst and attribute or event that it has. #}
select
    'golden lead: ' || persona as lead_id,
    persona,
    attribute,
    value,
    event_key,
    coalesce(days_before, 0) as days_before,
    coalesce(occurrences, 1) as occurrences,
    expected_band,
    score_model
from {{ ref('golden_leads') }}
