{# Grain: one row per landed verdict of sales, its current version. #}
select
    feedback_id,
    lead_id,
    given_at,
    verdict,
    reason,
    landed_at

from ({{ current_versions(ref('stg_raw__lead_feedback'), ['feedback_id']) }}) as current_versions
