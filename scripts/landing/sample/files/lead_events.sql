-- Grain: one row per event that came in time, those sent twice once more at the end, and one row that
-- landing must reject.
with in_time as (
    select * from contract_events where not is_late
)

select * exclude (is_late, is_sent_twice) from in_time
union all
select * exclude (is_late, is_sent_twice) from in_time where is_sent_twice
union all by name
select 'x1' as event_id, 'page_visit' as event_type, timestamp '2025-05-05 05:05:05' as occurred_at
