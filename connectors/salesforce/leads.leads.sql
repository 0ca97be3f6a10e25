-- A lead, converted or not. One that was converted is one with its contact, one that was merged with the lead that was
-- kept. A table that holds versions of a record gives them all, each from the time at which it was changed.
-- wants lead.id: no lead is known
-- wants lead.created_date time: no lead has a day on which it came in, so none can land
-- wants lead.last_modified_date time: no change is dated: a new value is taken to have held all along
-- wants lead.system_modstamp time: changes that Salesforce makes by itself are not dated
-- wants lead.email: no lead has an address, so none is one with its record in another system
-- wants lead.phone: leads have no phone number but a mobile one
-- wants lead.mobile_phone: leads have no mobile number
-- wants lead.first_name: leads have no first name
-- wants lead.last_name: leads have no last name
-- wants lead.company: leads have no company
-- wants lead.title: leads have no job title
-- wants lead.industry: leads have no industry
-- wants lead.number_of_employees: leads have no number of employees
-- wants lead.annual_revenue: leads have no annual revenue
-- wants lead.currency_iso_code: amounts are in the currency that settings.yml names
-- wants lead.country_code: the country is read from its name
-- wants lead.country: the country is read from its code
-- wants lead.city: leads have no city
-- wants lead.lead_source: leads have no source, so they count under no channel
-- wants lead.owner_id: no lead has an owner
-- wants lead.has_opted_out_of_email boolean: nobody is known to have withdrawn consent
-- wants lead.do_not_call boolean: nobody is known to want no calls
-- wants lead.individual_id: nobody is known to have objected to being profiled
-- wants lead.converted_contact_id: a lead that was converted is another person than its contact
-- wants lead.converted_account_id: leads that were converted belong to no account but their contact's
-- wants lead.master_record_id: leads that were merged are not known to be one
-- wants lead.is_deleted|_fivetran_deleted boolean: a lead is deleted only once it is gone from the table
-- wants lead.*: every other field is an attribute
-- leaves out lead.warehouse_*: what this warehouse writes back is no news to it
-- leaves out lead.is_converted: it tells how the story ends
-- leaves out lead.converted_*: it tells how the story ends
-- leaves out lead.is_unread_by_owner: it tells of whoever looks
-- leaves out lead.name: first and last name say it
-- leaves out lead.last_viewed_date: it tells of whoever looks
-- leaves out lead.last_referenced_date: it tells of whoever looks
-- leaves out lead.last_activity_date: events tell it, with their days
-- leaves out lead.last_modified_by_id: it tells of whoever writes
-- leaves out lead.created_by_id: it tells of whoever writes
-- leaves out lead.photo_url: no score needs it
-- leaves out lead.street: no score needs it
-- leaves out lead.latitude: no score needs it
-- leaves out lead.longitude: no score needs it
-- leaves out lead.geocode_accuracy: no score needs it
-- leaves out lead.address: its parts say it
-- leaves out lead.description: free text about a person
-- wants individual.id: nobody is known to have objected to being profiled
-- wants individual.has_opted_out_profiling boolean: nobody is known to have objected to being profiled
-- wants individual.has_opted_out_processing boolean: nobody is known to have objected to their data being used
-- wants individual.should_forget boolean: nobody is known to want to be forgotten
-- wants account_end.id: leads of an account that was merged belong to no account
-- wants account_end.end_id: leads of an account that was merged belong to no account
-- wants inactive_record.id: records that history mode knows to be gone are not deleted
select
    'sf:' || lead.id as lead_id,
    lead.created_date as created_at,
    greatest(lead.last_modified_date, lead.system_modstamp) as updated_at,
    lead.email,
    coalesce(lead.phone, lead.mobile_phone) as phone,
    lead.first_name,
    lead.last_name,
    lead.company as company_name,
    'sf:' || coalesce(account_end.end_id, lead.converted_account_id) as account_id,
    lead.title as job_title,
    lead.industry,
    lead.number_of_employees as employee_count,
    lead.annual_revenue,
    coalesce(lead.currency_iso_code, nullif(getvariable('currency'), '')) as currency,
    coalesce(lead.country_code, lead.country) as country,
    lead.city,
    lead.lead_source,
    'sf:' || lead.owner_id as owner_id,
    case
        when
            individual.has_opted_out_profiling or individual.has_opted_out_processing or individual.should_forget
            then 'objected'
        when lead.has_opted_out_of_email then 'opted out'
        when lead.do_not_call then 'do not call'
    end as consent_status,
    'sf:' || coalesce(lead.converted_contact_id, lead.master_record_id) as merged_into_lead_id,
    coalesce(lead.is_deleted, false) or (
        inactive_record.id is not null
        and row_number() over (
            partition by lead.id order by greatest(lead.last_modified_date, lead.system_modstamp) desc nulls last
        ) = 1
    ) as is_deleted,
    nullif(getvariable('record_url'), '') || lead.id as lead_url,
    lead.* exclude (
        id, created_date, last_modified_date, system_modstamp, email, phone, mobile_phone, first_name, last_name,
        company, title, industry, number_of_employees, annual_revenue, currency_iso_code, country_code, country, city,
        lead_source, owner_id, has_opted_out_of_email, do_not_call, individual_id, converted_contact_id,
        converted_account_id, master_record_id, is_deleted
    )
from lead
left join individual on lead.individual_id = individual.id
left join account_end on lead.converted_account_id = account_end.id
left join inactive_record on lead.id = inactive_record.id
order by lead_id, updated_at
