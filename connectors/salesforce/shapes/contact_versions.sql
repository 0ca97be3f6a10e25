-- History mode in a table of this name, which else is Salesforce's own history of single fields.
-- wants contact_history.id
-- wants contact_history._fivetran_start time
-- wants contact_history._fivetran_active boolean
-- wants contact_history.*: a version has no other field
select * from contact_history
