-- Whom a task or meeting concerns: the lead or contact that it names, all others that it is related to, and where it
-- names none but a deal, whom that concerns.
-- wants task|event.id
-- wants task|event.who_id: tasks name nobody
-- wants task|event.what_id: tasks name no deal
-- wants task|event.system_modstamp time: of several versions any counts
-- wants event|task.id
-- wants event|task.who_id: meetings name nobody
-- wants event|task.what_id: meetings name no deal
-- wants event|task.system_modstamp time: of several versions any counts
-- wants task_relation|task_who_relation.task_id: tasks are related to one person alone
-- wants task_relation|task_who_relation.relation_id: tasks are related to one person alone
-- wants task_relation|task_who_relation.is_deleted boolean: no relation is known to have been taken away
-- wants event_relation|event_who_relation.event_id: meetings are related to one person alone
-- wants event_relation|event_who_relation.relation_id: meetings are related to one person alone
-- wants event_relation|event_who_relation.is_deleted boolean: no relation is known to have been taken away
-- wants opportunity_person.opportunity_id: no deal is known
-- wants opportunity_person.person_id: no deal concerns anybody
with activities as (
    select *
    from (
        select id, who_id, what_id, system_modstamp from task
        union all
        select id, who_id, what_id, system_modstamp from event
    ) as versions
    qualify row_number() over (partition by id order by system_modstamp desc nulls last) = 1
)

select id as activity_id, who_id as person_id from activities
where who_id is not null
union
select task_id, relation_id from task_relation
where relation_id[:3] in ('003', '00Q') and is_deleted is not true
union
select event_id, relation_id from event_relation
where relation_id[:3] in ('003', '00Q') and is_deleted is not true
union
select activities.id, opportunity_person.person_id
from activities
inner join opportunity_person on activities.what_id = opportunity_person.opportunity_id
where activities.who_id is null and opportunity_person.person_id is not null
