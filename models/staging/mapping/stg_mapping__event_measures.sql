{# Grain: one row per measure: a number made of events, as of a date. #}
select
    {{ seed_value('measure', 'string') }},
    {{ seed_value('statistic', 'string') }},
    {{ seed_value('event_key', 'string') }},
    {{ seed_value('per_event_key', 'string') }},
    {{ seed_value('window_days', 'integer') }}

from {{ ref('event_measures') }}
