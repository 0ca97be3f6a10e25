-- Airbyte has what an open tells in the event.
-- wants email_events.id
-- wants email_events.type
-- wants email_events.duration bigint
select id, duration from email_events where type = 'OPEN'
