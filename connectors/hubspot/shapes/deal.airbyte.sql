-- Airbyte has deleted deals in a table of their own; the one left among the others is of before.
-- wants deals.id
-- wants deals_archived.id
-- wants deals.*: every other column
-- wants deals_archived.*: every other column
select * exclude (archived), true as archived from deals_archived
union all by name
from deals where id not in (select id from deals_archived)
