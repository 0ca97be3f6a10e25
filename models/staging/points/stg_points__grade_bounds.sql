{# Grain: one row per model, kind and grade. #}
with

seed as (

    select * from {{ ref('grade_bounds') }}

),

typed as (

    select
        {{ seed_value('score_model', 'string') }},
        {{ seed_value('kind', 'string') }},
        {{ seed_value('grade', 'string') }},
        {{ seed_value('lower_bound', 'decimal(18, 4)') }}

    from seed

)

select * from typed
