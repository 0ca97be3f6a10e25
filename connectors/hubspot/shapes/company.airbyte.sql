-- Airbyte has deleted companies in a table of their own; the one left among the others is of before.
-- wants companies.id
-- wants companies_archived.id
-- wants companies_archived.archived boolean: it is deleted by its place
-- wants companies.*: every other column
-- wants companies_archived.*: every other column
-- leaves out companies.properties: a copy of all, whose type may differ from table to table
-- leaves out companies_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from companies_archived
union all by name
from companies where id not in (select id from companies_archived)
