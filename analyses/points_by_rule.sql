{# Which rules carry the scores of today: leads that each fires for, and the points it gives them. #}
select
    score_model,
    score_group,
    rule_id,
    count(*) as leads,
    sum(points) as points,
    sum(points) / count(*) as points_per_lead

from {{ ref('lead_score_factors') }}

group by
    score_model,
    score_group,
    rule_id

order by
    score_model asc,
    points desc
