-- Grain: one row per event that came late: days after the events with neighbouring ids happened.
select * exclude (is_late, is_sent_twice)
from contract_events
where is_late
