-- History mode in a table of this name, which else is Salesforce's own history of single fields.
-- wants lead_history.id
-- wants lead_history._fivetran_start time
-- wants lead_history._fivetran_active boolean
-- wants lead_history.*: a version has no other field
select * from lead_history
