-- Airbyte has deleted contacts in a table of their own; the one left among the others is of before.
-- wants contacts.id
-- wants contacts_archived.id
-- wants contacts_archived.archived boolean: it is deleted by its place
-- wants contacts.*: every other column
-- wants contacts_archived.*: every other column
-- leaves out contacts.properties: a copy of all, whose type may differ from table to table
-- leaves out contacts_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from contacts_archived
union all by name
from contacts where id not in (select id from contacts_archived)
