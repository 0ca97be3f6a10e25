{# Grain: one row per persona of an analyst and attribute or event that it has. #}
select
    'golden lead: ' || trim(persona) as lead_id,
    {{ seed_value('persona', 'string') }},
    {{ seed_value('attribute', 'string') }},
    value,
    {{ seed_value('event_key', 'string') }},
    coalesce(cast(nullif(trim(days_before), '') as integer), 0) as days_before,
    coalesce(cast(nullif(trim(occurrences), '') as bigint), 1) as occurrences,
    {{ seed_value('expected_band', 'string') }},
    {{ seed_value('score_model', 'string') }}
from {{ ref('golden_leads') }}
