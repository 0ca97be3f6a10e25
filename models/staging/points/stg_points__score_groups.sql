{# Grain: one row per model and group of rules. #}
select
    {{ seed_value('score_model', 'string') }},
    {{ seed_value('score_group', 'string') }},
    {{ seed_value('kind', 'string') }},
    {{ seed_value('min_points', 'decimal(18, 4)') }},
    {{ seed_value('max_points', 'decimal(18, 4)') }},
    coalesce(cast(nullif(trim(weight), '') as decimal(19, 4)), 1) as weight

from {{ ref('score_groups') }}
