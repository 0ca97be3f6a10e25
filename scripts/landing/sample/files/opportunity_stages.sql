-- Grain: one row per opportunity and stage that it has entered.
select opportunity_id, stage, entered_at
from entered_stages
order by lead_no, position
