-- Airbyte has deleted meetings in a table of their own; the one left among the others is of before.
-- wants engagements_meetings.id
-- wants engagements_meetings_archived.id
-- wants engagements_meetings_archived.archived boolean: it is deleted by its place
-- wants engagements_meetings.*: every other column
-- wants engagements_meetings_archived.*: every other column
-- leaves out engagements_meetings.properties: a copy of all, whose type may differ from table to table
-- leaves out engagements_meetings_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from engagements_meetings_archived
union all by name
from engagements_meetings where id not in (select id from engagements_meetings_archived)
