{#
    Grain: one row per lead and segment that stands for a stage: the first day of the history of a
    champion on which the lead was in it.
#}
select
    segment_days.lead_id,
    segment_days.segment,
    min(segment_days.score_date) as reached_date

from {{ ref('int_segment_days') }} as segment_days

inner join {{ ref('int_champions') }} as champions
    on segment_days.score_model = champions.score_model

group by
    segment_days.lead_id,
    segment_days.segment
