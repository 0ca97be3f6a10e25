{# Grain: one row per model, fit grade and engagement grade. #}
with

typed as (

    select
        {{ seed_value('score_model', 'string') }},
        {{ seed_value('fit_grade', 'string') }},
        {{ seed_value('engagement_grade', 'string') }},
        {{ seed_value('priority', 'integer') }}

    from {{ ref('grade_matrix') }}

)

select * from typed
