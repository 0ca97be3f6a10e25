-- Airbyte has what a bounce tells in the event.
-- wants email_events.id
-- wants email_events.type
-- wants email_events.category
select id, category from email_events where type = 'BOUNCE'
