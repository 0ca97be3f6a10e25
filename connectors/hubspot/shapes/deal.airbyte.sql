-- Airbyte has deleted deals in a table of their own; the one left among the others is of before.
-- wants deals.id
-- wants deals_archived.id
-- wants deals_archived.archived boolean: it is deleted by its place
-- wants deals.*: every other column
-- wants deals_archived.*: every other column
-- leaves out deals.properties: a copy of all, whose type may differ from table to table
-- leaves out deals_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from deals_archived
union all by name
from deals where id not in (select id from deals_archived)
