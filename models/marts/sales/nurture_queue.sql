{# Grain: one row per lead for which there is something to do next. #}
select
    lead_id,
    rep_id,
    '' as action,
    '' as channel,
    '' as reason,
    assigned_on as queue_date,
    cast(assigned_on as timestamp) as contact_from_at,
    cast(assigned_on as timestamp) as contact_until_at,
    cast(null as string) as lead_time_zone,
    work_rank,
    is_held_out
from {{ ref('lead_assignments') }}
where false
