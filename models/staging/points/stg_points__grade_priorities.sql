{# Grain: one row per model, fit grade and engagement grade. #}
select
    {{ seed_value('score_model', 'string') }},
    {{ seed_value('fit_grade', 'string') }},
    {{ seed_value('engagement_grade', 'string') }},
    {{ seed_value('priority', 'integer') }}

from {{ ref('grade_matrix') }}
