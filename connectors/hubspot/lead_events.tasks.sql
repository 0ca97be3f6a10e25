-- Grain: one row per task of sales and contact: task_done on its day, else task_open on the day of its entry, as it may
-- be due on a day to come.
-- wants engagement_task|engagements_tasks.engagement_id|id: no task is known
-- wants engagement_task.hs_createdate|created_at time: tasks have no day but that on which they are due
-- wants engagement_task.hs_timestamp|timestamp time: tasks without an entry have no day
-- wants engagement_task.hs_task_status|status: no task is known to be done
-- wants engagement_task.hs_task_completion_date|completion_date time: a task is done when it is due
-- wants engagement_task.hs_task_type|task_type: the kind of a task is not known
-- wants engagement_task._fivetran_deleted|archived|is_deleted boolean: no task is known to be deleted
-- wants engagement_contact.engagement_id: whose tasks they are is not known
-- wants engagement_contact.contact_id: whose tasks they are is not known
select distinct on (tasks.engagement_id, contacts.contact_id)
    'hs:task ' || tasks.engagement_id || ' ' || contacts.contact_id as event_id,
    'hs:' || contacts.contact_id as lead_id,
    if(upper(hs_task_status) = 'COMPLETED', 'task_done', 'task_open') as event_type,
    if(
        upper(hs_task_status) = 'COMPLETED',
        coalesce(hs_task_completion_date, hs_timestamp, hs_createdate),
        coalesce(hs_createdate, hs_timestamp)
    ) as occurred_at,
    nullif(json_merge_patch('{}', json_object('kind', lower(hs_task_type))), '{}') as properties,
    tasks._fivetran_deleted as is_deleted
from engagement_task as tasks
inner join engagement_contact as contacts on tasks.engagement_id = contacts.engagement_id
order by tasks.engagement_id, contacts.contact_id
