-- Airbyte has what a click tells in the event.
-- wants email_events.id
-- wants email_events.type
-- wants email_events.url
select id, url from email_events where type = 'CLICK'
