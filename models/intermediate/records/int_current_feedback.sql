{# Grain: one row per verdict of sales, its current version. #}
select
    feedback_id,
    lead_id,
    verdict,
    reason,
    given_at,
    landed_at

from ({{ current_versions(ref('stg_raw__lead_feedback'), ['feedback_id']) }}) as feedback
