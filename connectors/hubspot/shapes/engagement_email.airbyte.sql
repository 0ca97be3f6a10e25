-- Airbyte has deleted emails in a table of their own; the one left among the others is of before.
-- wants engagements_emails.id
-- wants engagements_emails_archived.id
-- wants engagements_emails_archived.archived boolean: it is deleted by its place
-- wants engagements_emails.*: every other column
-- wants engagements_emails_archived.*: every other column
-- leaves out engagements_emails.properties: a copy of all, whose type may differ from table to table
-- leaves out engagements_emails_archived.properties: a copy of all, whose type may differ from table to table
select * exclude (archived), true as archived from engagements_emails_archived
union all by name
from engagements_emails where id not in (select id from engagements_emails_archived)
