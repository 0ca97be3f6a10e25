-- Grain: one row per company.
-- wants company.id|hs_object_id: no company is known
-- wants company.hs_lastmodifieddate time: a change of a company holds since it was landed
-- wants company._fivetran_deleted|archived|is_deleted boolean: no company is known to be deleted
-- wants company.domain: leads belong to no company by the domain of their address
-- wants company.name: companies have no name
-- wants company.industry: companies have no industry
-- wants company.numberofemployees: companies have no number of employees
-- wants company.annualrevenue: companies have no annual revenue
-- wants company.country: companies have no country
-- wants company.hubspot_owner_id: no company has an owner
-- wants company.*: every other property is an attribute
-- leaves out company.hs_*: HubSpot's own reckonings, which change by the hour
-- leaves out company.num_*: counts of HubSpot's own
-- leaves out company.notes_*: days of the last contact
-- leaves out company.warehouse_*: scores that were written back
-- leaves out company.properties: Airbyte's copy of all properties
-- leaves out company.contacts: Airbyte's list of the contacts
-- leaves out company.created_at: the tool's copy of createdate
-- leaves out company.updated_at: the tool's copy of hs_lastmodifieddate
-- leaves out company.archived_at: when it was deleted
select
    'hs:' || id as account_id,
    hs_lastmodifieddate as updated_at,
    domain,
    name,
    industry,
    numberofemployees as employee_count,
    annualrevenue as annual_revenue,
    nullif(getvariable('currency'), '') as currency,
    country,
    'hs:' || nullif(hubspot_owner_id, '') as owner_id,
    _fivetran_deleted as is_deleted,
    company.* exclude (
        id, hs_lastmodifieddate, _fivetran_deleted, domain, name, industry, numberofemployees, annualrevenue, country,
        hubspot_owner_id
    )
from company
order by account_id
