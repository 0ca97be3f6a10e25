-- Airbyte has deleted owners in a table of their own; the one left among the others is of before.
-- wants owners.id
-- wants owners_archived.id
-- wants owners_archived.archived boolean: it is deleted by its place
-- wants owners.*: every other column
-- wants owners_archived.*: every other column
-- leaves out owners.properties: a copy of all, whose type may differ from table to table
-- leaves out owners_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from owners_archived
union all by name
from owners where id not in (select id from owners_archived)
