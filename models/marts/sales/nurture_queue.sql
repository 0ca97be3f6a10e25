{# Grain: one row per lead for which there is something to do next: what, on which channel, and in which hours. #}
with
leads as (
    select steps.*, scores.score_rank, assignments.rep_id
    from {{ ref('int_next_steps') }} as steps
    inner join {{ ref('lead_score') }} as scores
        on steps.lead_id = scores.lead_id
    left join {{ ref('lead_assignments') }} as assignments
        on steps.lead_id = assignments.lead_id
),

placed as (
    select leads.*, {{ work_place('leads') }} as work_place from leads
)

select
    lead_id, rep_id,
    next_action as action,
    contact_channel as channel,
    reason, queue_date, contact_from_at, contact_until_at, lead_time_zone,
    cast(row_number() over (order by work_place, lead_id) as bigint) as work_rank,
    is_held_out
from placed
