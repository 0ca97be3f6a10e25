-- A meeting in the calendar is two events of each person whom it concerns: it was booked on the day on which it was
-- entered, and held when it began, unless it is known that the person did not come, or it is still to come. Salesforce
-- does not say whether a meeting was held; those that were not are mostly deleted. Calls in the calendar are calls.
-- The copies for invited colleagues, and series beside their meetings, do not count.
-- wants event.id: no meeting is known
-- wants event.who_id: meetings tie to the people of their deals alone
-- wants event.what_id: meetings that name nobody tie to nobody
-- wants event.type: calls in the calendar count as meetings
-- wants event.subject: meetings have no subject
-- wants event.start_date_time time: a meeting was held at its activity_date_time
-- wants event.activity_date_time time: a meeting was held at its start_date_time
-- wants event.activity_date time: meetings of a whole day have no day
-- wants event.created_date time: no meeting has a day on which it was booked
-- wants event.duration_in_minutes bigint: meetings have no duration
-- wants event.no_show_c|no_show_check_c|did_not_attend_c boolean: every meeting of the past is taken to have been held
-- wants event.is_child boolean: a meeting with colleagues counts once for each of them
-- wants event.is_recurrence boolean: series of meetings count beside their meetings
-- wants event.last_modified_date time: of several versions of a meeting any counts
-- wants event.system_modstamp time: of several versions of a meeting any counts
-- wants event.is_deleted|_fivetran_deleted boolean: a meeting is deleted only once it is gone from the table
-- wants person_of_activity.activity_id: no meeting concerns anybody
-- wants person_of_activity.person_id: no meeting concerns anybody
-- wants inactive_record.id: records that history mode knows to be gone are not deleted
with meetings as (
    select
        *,
        if(lower(type) = 'call', 'call', 'meeting') as kind,
        coalesce(start_date_time, activity_date_time, left(activity_date, 10)) as starts_at
    from event
    where is_child is not true and is_recurrence is not true
    qualify row_number() over (partition by id order by system_modstamp desc nulls last, last_modified_date desc) = 1
),

steps as (
    select id, '' as suffix, kind || '_booked' as event_type, created_date as occurred_at, null as minutes
    from meetings
    union all
    select
        id,
        ':held' as suffix,
        case
            when kind = 'call' then if(no_show_c, 'call_tried', 'call_connected')
            when no_show_c then 'meeting_no_show'
            else 'meeting_held'
        end as event_type,
        starts_at as occurred_at,
        duration_in_minutes as minutes
    from meetings
    where try_cast(starts_at as timestamptz) < now()
)

select
    'sf:' || meetings.id || if(people.person_id <> meetings.who_id, ':' || people.person_id, '') || steps.suffix
        as event_id,
    'sf:' || people.person_id as lead_id,
    steps.event_type,
    steps.occurred_at,
    greatest(meetings.last_modified_date, meetings.system_modstamp) as updated_at,
    steps.minutes * 60 as duration_seconds,
    nullif(
        json_merge_patch('{}', json_object('kind', lower(meetings.type), 'subject', meetings.subject)), '{}'
    ) as properties,
    coalesce(meetings.is_deleted, false) or inactive_record.id is not null as is_deleted
from meetings
inner join steps on meetings.id = steps.id
inner join person_of_activity as people on meetings.id = people.activity_id
left join inactive_record on meetings.id = inactive_record.id
order by event_id
