{# Grain: one row per scoring model. #}
select
    {{ seed_value('score_model', 'string') }},
    {{ seed_value('description', 'string') }},
    {{ seed_value('role', 'string') }},
    coalesce(cast(nullif(trim(traffic_share), '') as decimal(9, 4)), 0) as traffic_share,
    {{ seed_value('min_score', 'decimal(18, 4)') }},
    {{ seed_value('max_score', 'decimal(18, 4)') }},
    coalesce(nullif(trim(scale), ''), 'clamp') as scale,
    {{ seed_value('live_from', 'date') }}

from {{ ref('score_models') }}
