create or replace table floor as
select lead_id, event_type, count(*) as events, max(occurred_at) as last_occurred_at
from lead_events
group by lead_id, event_type
