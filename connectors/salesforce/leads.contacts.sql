-- A contact is a lead. One that was merged is deleted, and names the one that was kept. A table that holds versions of
-- a record, as history mode and dlt leave it, gives them all, each from the time at which it was changed.
-- wants contact.id: no contact is known
-- wants contact.created_date time: no contact has a day on which it came in, so none can land
-- wants contact.last_modified_date time: no change is dated: a new value is taken to have held all along
-- wants contact.system_modstamp time: changes that Salesforce makes by itself are not dated
-- wants contact.email: no contact has an address, so none is one with its record in another system
-- wants contact.phone: contacts have no phone number but a mobile one
-- wants contact.mobile_phone: contacts have no mobile number
-- wants contact.first_name: contacts have no first name
-- wants contact.last_name: contacts have no last name
-- wants contact.title: contacts have no job title
-- wants contact.department: contacts have no department
-- wants contact.mailing_country_code: the country is read from its name
-- wants contact.mailing_country: the country is read from its code
-- wants contact.mailing_city: contacts have no city
-- wants contact.lead_source: contacts have no source, so they count under no channel
-- wants contact.account_id: no contact belongs to an account, so the deals of its account do not tie to it
-- wants contact.owner_id: no contact has an owner
-- wants contact.has_opted_out_of_email boolean: nobody is known to have withdrawn consent
-- wants contact.do_not_call boolean: nobody is known to want no calls
-- wants contact.individual_id: nobody is known to have objected to being profiled
-- wants contact.master_record_id: contacts that were merged are not known to be one
-- wants contact.is_deleted|_fivetran_deleted boolean: a contact is deleted only once it is gone from the table
-- wants contact.*: every other field is an attribute
-- leaves out contact.warehouse_*: what this warehouse writes back is no news to it
-- leaves out contact.name: first and last name say it
-- leaves out contact.last_viewed_date: it tells of whoever looks
-- leaves out contact.last_referenced_date: it tells of whoever looks
-- leaves out contact.last_activity_date: events tell it, with their days
-- leaves out contact.last_modified_by_id: it tells of whoever writes
-- leaves out contact.created_by_id: it tells of whoever writes
-- leaves out contact.photo_url: no score needs it
-- leaves out contact.birthdate: no score needs it
-- leaves out contact.*_street: no score needs it
-- leaves out contact.*_latitude: no score needs it
-- leaves out contact.*_longitude: no score needs it
-- leaves out contact.*_geocode_accuracy: no score needs it
-- leaves out contact.*_address: its parts say it
-- leaves out contact.home_phone: no score needs it
-- leaves out contact.description: free text about a person
-- leaves out contact.*ssn*: no score needs it
-- wants individual.id: nobody is known to have objected to being profiled
-- wants individual.has_opted_out_profiling boolean: nobody is known to have objected to being profiled
-- wants individual.has_opted_out_processing boolean: nobody is known to have objected to their data being used
-- wants individual.should_forget boolean: nobody is known to want to be forgotten
-- wants account_end.id: contacts of an account that was merged belong to no account
-- wants account_end.end_id: contacts of an account that was merged belong to no account
-- wants inactive_record.id: records that history mode knows to be gone are not deleted
select
    'sf:' || contact.id as lead_id,
    contact.created_date as created_at,
    greatest(contact.last_modified_date, contact.system_modstamp) as updated_at,
    contact.email,
    coalesce(contact.phone, contact.mobile_phone) as phone,
    contact.first_name,
    contact.last_name,
    contact.title as job_title,
    contact.department,
    coalesce(contact.mailing_country_code, contact.mailing_country) as country,
    contact.mailing_city as city,
    contact.lead_source,
    'sf:' || coalesce(account_end.end_id, contact.account_id) as account_id,
    'sf:' || contact.owner_id as owner_id,
    case
        when
            individual.has_opted_out_profiling or individual.has_opted_out_processing or individual.should_forget
            then 'objected'
        when contact.has_opted_out_of_email then 'opted out'
        when contact.do_not_call then 'do not call'
    end as consent_status,
    'sf:' || contact.master_record_id as merged_into_lead_id,
    coalesce(contact.is_deleted, false) or (
        inactive_record.id is not null
        and row_number() over (
            partition by contact.id
            order by greatest(contact.last_modified_date, contact.system_modstamp) desc nulls last
        ) = 1
    ) as is_deleted,
    nullif(getvariable('record_url'), '') || contact.id as lead_url,
    contact.* exclude (
        id, created_date, last_modified_date, system_modstamp, email, phone, mobile_phone, first_name, last_name, title,
        department, mailing_country_code, mailing_country, mailing_city, lead_source, account_id, owner_id,
        has_opted_out_of_email, do_not_call, individual_id, master_record_id, is_deleted
    )
from contact
left join individual on contact.individual_id = individual.id
left join account_end on contact.account_id = account_end.id
left join inactive_record on contact.id = inactive_record.id
order by lead_id, updated_at
