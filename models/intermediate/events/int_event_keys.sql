{# Grain: one row per condition under which an event counts for a key; globs as patterns for LIKE. #}
select
    {{ seed_value('event_key', 'string') }},
    {{ seed_value('event_type', 'string') }},
    {{ glob_pattern('page_glob') }} as page_pattern,
    {{ seed_value('property', 'string') }},
    {{ glob_pattern('property_glob') }} as property_pattern,
    coalesce(nullif(trim(is_engagement), ''), 'no') = 'yes' as is_engagement,
    {{ seed_value('min_duration_seconds', 'decimal(18, 3)') }},
    {{ seed_value('follows_event_key', 'string') }},
    {{ seed_value('within_days', 'integer') }}
from {{ ref('event_keys') }}
