{# Grain: one row per lead that sales works. #}
select
    lead_id,
    cast(null as string) as rep_id,
    'nobody_fits' as assignment_status,
    'No rule fits' as assigned_because,
    cast(null as string) as routing_rule_id,
    cast(null as date) as assigned_on,
    coalesce(score_rank, 0) as work_rank,
    false as is_held_out
from {{ ref('lead_score') }}
where false
