-- Airbyte has deleted contacts in a table of their own; the one left among the others is of before.
-- wants contacts.id
-- wants contacts_archived.id
-- wants contacts.*: every other column
-- wants contacts_archived.*: every other column
select * exclude (archived), true as archived from contacts_archived
union all by name
from contacts where id not in (select id from contacts_archived)
