-- Airbyte has deleted calls in a table of their own; the one left among the others is of before.
-- wants engagements_calls.id
-- wants engagements_calls_archived.id
-- wants engagements_calls_archived.archived boolean: it is deleted by its place
-- wants engagements_calls.*: every other column
-- wants engagements_calls_archived.*: every other column
-- leaves out engagements_calls.properties: a copy of all, whose type may differ from table to table
-- leaves out engagements_calls_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from engagements_calls_archived
union all by name
from engagements_calls where id not in (select id from engagements_calls_archived)
