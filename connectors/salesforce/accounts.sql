-- An account. One that was merged is deleted; what names it belongs to the one that was kept (shapes/account_end.sql).
-- wants account.id: no account is known
-- wants account.last_modified_date time: no change is dated: a new value is taken to have held all along
-- wants account.system_modstamp time: changes that Salesforce makes by itself are not dated
-- wants account.website: no account has a domain, so nobody belongs to one by an address
-- wants account.name: accounts have no name
-- wants account.industry: accounts have no industry
-- wants account.number_of_employees: accounts have no number of employees
-- wants account.annual_revenue: accounts have no annual revenue
-- wants account.currency_iso_code: amounts are in the currency that settings.yml names
-- wants account.billing_country_code: the country is read from its name
-- wants account.billing_country: the country is read from its code
-- wants account.owner_id: no account has an owner
-- wants account.master_record_id: what names an account that was merged belongs to none
-- wants account.is_deleted|_fivetran_deleted boolean: an account is deleted only once it is gone from the table
-- wants account.*: every other field is an attribute
-- leaves out account.warehouse_*: what this warehouse writes back is no news to it
-- leaves out account.last_viewed_date: it tells of whoever looks
-- leaves out account.last_referenced_date: it tells of whoever looks
-- leaves out account.last_activity_date: events tell it, with their days
-- leaves out account.last_modified_by_id: it tells of whoever writes
-- leaves out account.created_by_id: it tells of whoever writes
-- leaves out account.photo_url: no score needs it
-- leaves out account.*_latitude: no score needs it
-- leaves out account.*_longitude: no score needs it
-- leaves out account.*_geocode_accuracy: no score needs it
-- leaves out account.*_street: no score needs it
-- leaves out account.*_address: its parts say it
-- leaves out account.description: free text
-- wants inactive_record.id: records that history mode knows to be gone are not deleted
select
    'sf:' || account.id as account_id,
    greatest(account.last_modified_date, account.system_modstamp) as updated_at,
    nullif(regexp_extract(lower(account.website), '^\s*([a-z]+://)?(www\.)?([^/?#:\s]+)', 3), '') as domain,
    account.name,
    account.industry,
    account.number_of_employees as employee_count,
    account.annual_revenue,
    coalesce(account.currency_iso_code, nullif(getvariable('currency'), '')) as currency,
    coalesce(account.billing_country_code, account.billing_country) as country,
    'sf:' || account.owner_id as owner_id,
    coalesce(account.is_deleted, false) or inactive_record.id is not null as is_deleted,
    account.* exclude (
        id, last_modified_date, system_modstamp, website, name, industry, number_of_employees, annual_revenue,
        currency_iso_code, billing_country_code, billing_country, owner_id, master_record_id, is_deleted
    )
from account
left join inactive_record on account.id = inactive_record.id
order by account_id, updated_at
