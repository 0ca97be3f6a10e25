{# The points of each lead and model add up to its score exactly. #}
with

scores as (

    select * from {{ ref('lead_score_by_model') }}

),

sums as (

    select
        lead_id,
        score_model,
        sum(points) as points

    from {{ ref('lead_score_factors') }}

    group by
        lead_id,
        score_model

)

select
    scores.lead_id,
    scores.score_model,
    scores.score,
    sums.points

from scores

full outer join sums
    on scores.lead_id = sums.lead_id
    and scores.score_model = sums.score_model

where scores.score is distinct from coalesce(sums.points, 0)
