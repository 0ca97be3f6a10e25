-- Airbyte has deleted companies in a table of their own; the one left among the others is of before.
-- wants companies.id
-- wants companies_archived.id
-- wants companies.*: every other column
-- wants companies_archived.*: every other column
select * exclude (archived), true as archived from companies_archived
union all by name
from companies where id not in (select id from companies_archived)
