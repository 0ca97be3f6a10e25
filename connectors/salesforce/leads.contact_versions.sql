-- What a contact was before, as history mode keeps it: a row for each version that another one followed. What it is
-- now the table itself says, so that no version is newer than that.
-- keeps what is gone: the past stays as it was; the contact itself tells that it is deleted
-- wants contact.id: nothing of the past of contacts is known
-- wants contact.created_date time: no contact has a day on which it came in, so none can land
-- wants contact.last_modified_date time: what a contact is today it is taken to have been all along
-- wants contact.system_modstamp time: changes that Salesforce makes by itself are not dated
-- wants contact_versions._fivetran_start time: what a contact is today it is taken to have been all along
-- wants contact_versions._fivetran_active boolean: it is not known which versions are past
-- wants contact_versions.id: nothing of the past of contacts is known
-- wants contact_versions.email: what it was before a change is unknown
-- wants contact_versions.phone: what it was before a change is unknown
-- wants contact_versions.mobile_phone: what it was before a change is unknown
-- wants contact_versions.first_name: what it was before a change is unknown
-- wants contact_versions.last_name: what it was before a change is unknown
-- wants contact_versions.title: what it was before a change is unknown
-- wants contact_versions.department: what it was before a change is unknown
-- wants contact_versions.mailing_country_code: what it was before a change is unknown
-- wants contact_versions.mailing_country: what it was before a change is unknown
-- wants contact_versions.mailing_city: what it was before a change is unknown
-- wants contact_versions.lead_source: what it was before a change is unknown
-- wants contact_versions.account_id: what it was before a change is unknown
-- wants contact_versions.owner_id: what it was before a change is unknown
-- wants contact_versions.has_opted_out_of_email boolean: what it was before a change is unknown
-- wants contact_versions.do_not_call boolean: what it was before a change is unknown
-- wants contact_versions.individual_id: what it was before a change is unknown
-- wants contact_versions.master_record_id: what it was before a change is unknown
-- wants contact_versions.is_deleted|_fivetran_deleted boolean: what it was before a change is unknown
-- wants contact_versions.*: every other field is an attribute
-- leaves out contact_versions.created_date: the contact itself says it
-- leaves out contact_versions.last_modified_date: the version's start says it
-- leaves out contact_versions.system_modstamp: the version's start says it
-- leaves out contact_versions.warehouse_*: what this warehouse writes back is no news to it
-- leaves out contact_versions.name: first and last name say it
-- leaves out contact_versions.last_viewed_date: it tells of whoever looks
-- leaves out contact_versions.last_referenced_date: it tells of whoever looks
-- leaves out contact_versions.last_activity_date: events tell it, with their days
-- leaves out contact_versions.last_modified_by_id: it tells of whoever writes
-- leaves out contact_versions.created_by_id: it tells of whoever writes
-- leaves out contact_versions.photo_url: no score needs it
-- leaves out contact_versions.birthdate: no score needs it
-- leaves out contact_versions.*_street: no score needs it
-- leaves out contact_versions.*_latitude: no score needs it
-- leaves out contact_versions.*_longitude: no score needs it
-- leaves out contact_versions.*_geocode_accuracy: no score needs it
-- leaves out contact_versions.*_address: its parts say it
-- leaves out contact_versions.home_phone: no score needs it
-- leaves out contact_versions.description: free text about a person
-- leaves out contact_versions.*ssn*: no score needs it
-- wants account_end.id: contacts of an account that was merged belong to no account
-- wants account_end.end_id: contacts of an account that was merged belong to no account
select
    'sf:' || contact_versions.id as lead_id,
    today.created_at,
    contact_versions._fivetran_start as updated_at,
    contact_versions.email,
    coalesce(contact_versions.phone, contact_versions.mobile_phone) as phone,
    contact_versions.first_name,
    contact_versions.last_name,
    contact_versions.title as job_title,
    contact_versions.department,
    coalesce(contact_versions.mailing_country_code, contact_versions.mailing_country) as country,
    contact_versions.mailing_city as city,
    contact_versions.lead_source,
    'sf:' || coalesce(account_end.end_id, contact_versions.account_id) as account_id,
    'sf:' || contact_versions.owner_id as owner_id,
    case
        when contact_versions.has_opted_out_of_email then 'opted out'
        when contact_versions.do_not_call then 'do not call'
    end as consent_status,
    'sf:' || contact_versions.master_record_id as merged_into_lead_id,
    coalesce(contact_versions.is_deleted, false) as is_deleted,
    nullif(getvariable('record_url'), '') || contact_versions.id as lead_url,
    contact_versions.* exclude (
        _fivetran_start, _fivetran_active, id, email, phone, mobile_phone, first_name, last_name, title,
        department, mailing_country_code, mailing_country, mailing_city, lead_source, account_id, owner_id,
        has_opted_out_of_email, do_not_call, individual_id, master_record_id, is_deleted
    )
from contact_versions
inner join (
    select
        id,
        min(created_date) as created_at,
        max(try_cast(greatest(last_modified_date, system_modstamp) as timestamptz)) as changed_at
    from contact
    group by id
) as today
    on contact_versions.id = today.id
    and try_cast(contact_versions._fivetran_start as timestamptz) < today.changed_at
left join account_end on contact_versions.account_id = account_end.id
where contact_versions._fivetran_active is not true
order by lead_id, updated_at
