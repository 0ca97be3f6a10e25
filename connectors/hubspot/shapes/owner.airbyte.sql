-- Airbyte has deleted owners in a table of their own; the one left among the others is of before.
-- wants owners.id
-- wants owners_archived.id
-- wants owners.*: every other column
-- wants owners_archived.*: every other column
select * exclude (archived), true as archived from owners_archived
union all by name
from owners where id not in (select id from owners_archived)
