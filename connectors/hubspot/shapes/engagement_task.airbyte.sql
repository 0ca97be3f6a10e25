-- Airbyte has deleted tasks in a table of their own; the one left among the others is of before.
-- wants engagements_tasks.id
-- wants engagements_tasks_archived.id
-- wants engagements_tasks_archived.archived boolean: it is deleted by its place
-- wants engagements_tasks.*: every other column
-- wants engagements_tasks_archived.*: every other column
-- leaves out engagements_tasks.properties: a copy of all, whose type may differ from table to table
-- leaves out engagements_tasks_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from engagements_tasks_archived
union all by name
from engagements_tasks where id not in (select id from engagements_tasks_archived)
