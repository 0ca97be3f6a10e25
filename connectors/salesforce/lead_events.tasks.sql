-- A task that is done: a call in which somebody was reached or not, an email of a person of sales (which is none of
-- marketing, as nobody counts its opens), anything else. One that is still open is an event of the day of its entry.
-- Series do not count beside their tasks, nor do tasks that concern nobody (shapes/person_of_activity.sql).
-- wants task.id: no call, email or task is known
-- wants task.who_id: tasks tie to the people of their deals alone
-- wants task.what_id: tasks that name nobody tie to nobody
-- wants task.type: calls and emails are told by task_subtype alone
-- wants task.task_subtype: calls and emails are told by their type alone
-- wants task.status: a task is done where is_closed says so
-- wants task.is_closed boolean: a task is done where its status is Completed
-- wants task.subject: tasks have no subject
-- wants task.call_disposition: nobody is known to have been reached by phone, but for those who called
-- wants task.call_type: nobody is known to have called
-- wants task.call_duration_in_seconds: calls have no duration
-- wants task.completed_date_time time: a task was done on the day on which it was due
-- wants task.activity_date time: a task was done when it was completed or written down
-- wants task.created_date time: tasks to be done have no day
-- wants task.last_modified_date time: of several versions of a task any counts
-- wants task.system_modstamp time: of several versions of a task any counts
-- wants task.is_recurrence boolean: series of tasks count beside their tasks
-- wants task.is_deleted|_fivetran_deleted boolean: a task is deleted only once it is gone from the table
-- wants person_of_activity.activity_id: no task concerns anybody
-- wants person_of_activity.person_id: no task concerns anybody
-- wants inactive_record.id: records that history mode knows to be gone are not deleted
with tasks as (
    select
        *,
        coalesce(is_closed, status = 'Completed', false) as is_done,
        lower(coalesce(task_subtype, '')) as subtype,
        regexp_matches(lower(call_disposition), getvariable('call_reached'))
        and not regexp_matches(lower(call_disposition), getvariable('call_not_reached')) as is_reached
    from task
    qualify row_number() over (partition by id order by system_modstamp desc nulls last, last_modified_date desc) = 1
)

select
    'sf:' || tasks.id || if(people.person_id <> tasks.who_id, ':' || people.person_id, '') as event_id,
    'sf:' || people.person_id as lead_id,
    case
        when not tasks.is_done then 'task_open'
        when tasks.subtype = 'call' or lower(tasks.type) = 'call'
            then if(tasks.is_reached or lower(tasks.call_type) = 'inbound', 'call_connected', 'call_tried')
        when tasks.subtype in ('email', 'listemail') or lower(tasks.type) = 'email' then 'sales_email_sent'
        else 'task_done'
    end as event_type,
    if(
        tasks.is_done,
        coalesce(tasks.completed_date_time, left(tasks.activity_date, 10), tasks.created_date),
        tasks.created_date
    ) as occurred_at,
    greatest(tasks.last_modified_date, tasks.system_modstamp) as updated_at,
    tasks.call_duration_in_seconds as duration_seconds,
    nullif(
        json_merge_patch(
            '{}',
            json_object(
                'kind', lower(coalesce(tasks.type, tasks.task_subtype)), 'subject', tasks.subject,
                'outcome', lower(tasks.call_disposition)
            )
        ),
        '{}'
    ) as properties,
    coalesce(tasks.is_deleted, false) or inactive_record.id is not null as is_deleted
from tasks
inner join person_of_activity as people on tasks.id = people.activity_id
left join inactive_record on tasks.id = inactive_record.id
where tasks.is_recurrence is not true
order by event_id
