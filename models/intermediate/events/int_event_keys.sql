{# Grain: one row per condition under which an event counts for a key; globs as patterns for LIKE. #}
select
    event_key,
    event_type,
    {{ glob_pattern('page_glob') }} as page_pattern,
    property,
    {{ glob_pattern('property_glob') }} as property_pattern,
    coalesce(is_engagement, 'no') = 'yes' as is_engagement,
    min_duration_seconds,
    follows_event_key,
    within_days
from {{ ref('event_keys') }}
