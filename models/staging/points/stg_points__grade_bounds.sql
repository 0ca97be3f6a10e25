{# Grain: one row per model, kind and grade, from its lower bound up to below its upper bound; NULL for none. #}
with

typed as (

    select
        {{ seed_value('score_model', 'string') }},
        {{ seed_value('kind', 'string') }},
        {{ seed_value('grade', 'string') }},
        {{ seed_value('lower_bound', 'decimal(18, 4)') }}
    from {{ ref('grade_bounds') }}

)

select
    *,
    lead(lower_bound) over (
        partition by score_model, kind
        order by lower_bound asc nulls first, grade desc
    ) as upper_bound
from typed
