{# Grain: one row per model, kind and grade. #}
select
    {{ seed_value('score_model', 'string') }},
    {{ seed_value('kind', 'string') }},
    {{ seed_value('grade', 'string') }},
    {{ seed_value('lower_bound', 'decimal(18, 4)') }}

from {{ ref('grade_bounds') }}
