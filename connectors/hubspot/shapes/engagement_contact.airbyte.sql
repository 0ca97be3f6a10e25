-- Airbyte lists the contacts of a meeting, call, email or task in it.
-- wants engagements_meetings|engagements_calls|engagements_emails|engagements_tasks.id
-- wants engagements_*.id: nobody is known to have had a part
-- wants engagements_*.contacts json: nobody is known to have had a part
select id as engagement_id, unnest(from_json(contacts, '["varchar"]')) as contact_id from "engagements_*"
