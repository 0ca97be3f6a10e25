{#
    Grain: one row per lead and segment that stands for a stage: the first day of the history of a champion on which the
    lead was in it.
#}
select
    scored_days.lead_id,
    scored_days.segment.segment as segment,
    min(scored_days.score_date) as reached_date

from (
    select lead_id, score_model, score_date, {{ unnested('stage_segments') }} as segment
    from {{ ref('int_scored_days') }}
    where cause is not null
) as scored_days

inner join {{ ref('int_champions') }} as champions
    on scored_days.score_model = champions.score_model

group by scored_days.lead_id, scored_days.segment.segment
