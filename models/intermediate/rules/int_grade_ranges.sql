{# Grain: one row per model, kind and grade, from its lower bound up to below its upper bound; NULL for none. #}
select
    *,
    lead(lower_bound) over (
        partition by score_model, kind
        order by lower_bound asc nulls first, grade desc
    ) as upper_bound

from {{ ref('stg_points__grade_bounds') }}
