-- Grain: one row per call and contact: call_connected where its outcome says that it reached somebody, else call_tried.
-- wants engagement_call|engagements_calls.engagement_id|id: no call is known
-- wants engagement_call.hs_timestamp|timestamp time: calls have no day but that of their entry
-- wants engagement_call.hs_createdate|created_at time: calls without a time of their own have no day
-- wants engagement_call.hs_call_disposition|disposition: nobody is known to have been reached
-- wants engagement_call.hs_call_duration|duration_milliseconds bigint: how long calls last is not known
-- wants engagement_call.hs_call_direction: who called whom is not known
-- wants engagement_call._fivetran_deleted|archived|is_deleted boolean: no call is known to be deleted
-- wants engagement_contact.engagement_id: whose calls they are is not known
-- wants engagement_contact.contact_id: whose calls they are is not known
select distinct on (calls.engagement_id, contacts.contact_id)
    'hs:call ' || calls.engagement_id || ' ' || contacts.contact_id as event_id,
    'hs:' || contacts.contact_id as lead_id,
    if(
        list_contains(
            string_split(lower(replace(getvariable('reached_outcomes'), ' ', '')), ','), lower(hs_call_disposition)
        ),
        'call_connected',
        'call_tried'
    ) as event_type,
    coalesce(hs_timestamp, hs_createdate) as occurred_at,
    nullif(hs_call_duration, 0) / 1000 as duration_seconds,
    nullif(json_merge_patch('{}', json_object('direction', lower(hs_call_direction))), '{}') as properties,
    calls._fivetran_deleted as is_deleted
from engagement_call as calls
inner join engagement_contact as contacts on calls.engagement_id = contacts.engagement_id
order by calls.engagement_id, contacts.contact_id
