-- Grain: one row per meeting, contact and what became of it: booked when it was entered, and held, cancelled or missed.
-- wants engagement_meeting|engagements_meetings.engagement_id|id: no meeting is known
-- wants engagement_meeting.hs_createdate|created_at time: a meeting counts as booked when it begins
-- wants engagement_meeting.hs_lastmodifieddate|updated_at time: a meeting counts as cancelled when it was to begin
-- wants engagement_meeting.hs_meeting_start_time|start_time time: meetings have no day but that of their entry
-- wants engagement_meeting.hs_meeting_end_time|end_time time: how long meetings last is not known
-- wants engagement_meeting.hs_timestamp|timestamp time: meetings without a begin have no day
-- wants engagement_meeting.hs_meeting_outcome|meeting_outcome: which meetings were held is not known
-- wants engagement_meeting.hs_activity_type: the kind of a meeting is not known
-- wants engagement_meeting._fivetran_deleted|archived|is_deleted boolean: no meeting is known to be deleted
-- wants engagement_contact.engagement_id: whose meetings they are is not known
-- wants engagement_contact.contact_id: whose meetings they are is not known
with
meetings as (
    select
        *,
        coalesce(hs_meeting_start_time, hs_timestamp) as begins_at,
        case upper(hs_meeting_outcome)
            when 'COMPLETED' then 'held'
            when 'NO_SHOW' then 'no_show'
            when 'CANCELED' then 'cancelled'
            when 'CANCELLED' then 'cancelled'
        end as came_to
    from engagement_meeting
),

steps as (
    select
        *, 'booked' as step,
        coalesce(hs_createdate, begins_at) as occurred_at,
        null as duration_seconds
    from meetings

    union all

    -- A meeting is cancelled before it was to begin, if its last change was.
    select
        *, came_to,
        if(
            came_to = 'cancelled' and try_cast(hs_lastmodifieddate as timestamptz) < try_cast(begins_at as timestamptz),
            hs_lastmodifieddate,
            coalesce(begins_at, hs_createdate)
        ),
        if(
            came_to = 'held',
            epoch(try_cast(hs_meeting_end_time as timestamptz)) - epoch(try_cast(begins_at as timestamptz)),
            null
        )
    from meetings
    where came_to is not null
)

select distinct on (steps.step, steps.engagement_id, contacts.contact_id)
    'hs:meeting_' || steps.step || ' ' || steps.engagement_id || ' ' || contacts.contact_id as event_id,
    'hs:' || contacts.contact_id as lead_id,
    'meeting_' || steps.step as event_type,
    steps.occurred_at,
    if(steps.duration_seconds >= 0, steps.duration_seconds, null) as duration_seconds,
    nullif(json_merge_patch('{}', json_object('kind', steps.hs_activity_type)), '{}') as properties,
    steps._fivetran_deleted as is_deleted
from steps
inner join engagement_contact as contacts on steps.engagement_id = contacts.engagement_id
order by steps.step, steps.engagement_id, contacts.contact_id
