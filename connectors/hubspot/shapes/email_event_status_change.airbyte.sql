-- Airbyte has what a change of a subscription tells in the event.
-- wants email_events.id
-- wants email_events.type
-- wants email_events.portal_subscription_status
-- wants email_events.source: how somebody unsubscribed is not known
select id, portal_subscription_status, source from email_events where type = 'STATUSCHANGE'
