-- What a lead was before, as history mode keeps it: a row for each version that another one followed. What it is
-- now the table itself says, so that no version is newer than that.
-- keeps what is gone: the past stays as it was; the lead itself tells that it is deleted
-- wants lead.id: nothing of the past of leads is known
-- wants lead.created_date time: no lead has a day on which it came in, so none can land
-- wants lead.last_modified_date time: what a lead is today it is taken to have been all along
-- wants lead.system_modstamp time: changes that Salesforce makes by itself are not dated
-- wants lead_versions._fivetran_start time: what a lead is today it is taken to have been all along
-- wants lead_versions._fivetran_active boolean: it is not known which versions are past
-- wants lead_versions.id: nothing of the past of leads is known
-- wants lead_versions.email: what it was before a change is unknown
-- wants lead_versions.phone: what it was before a change is unknown
-- wants lead_versions.mobile_phone: what it was before a change is unknown
-- wants lead_versions.first_name: what it was before a change is unknown
-- wants lead_versions.last_name: what it was before a change is unknown
-- wants lead_versions.company: what it was before a change is unknown
-- wants lead_versions.title: what it was before a change is unknown
-- wants lead_versions.industry: what it was before a change is unknown
-- wants lead_versions.number_of_employees: what it was before a change is unknown
-- wants lead_versions.annual_revenue: what it was before a change is unknown
-- wants lead_versions.currency_iso_code: what it was before a change is unknown
-- wants lead_versions.country_code: what it was before a change is unknown
-- wants lead_versions.country: what it was before a change is unknown
-- wants lead_versions.city: what it was before a change is unknown
-- wants lead_versions.lead_source: what it was before a change is unknown
-- wants lead_versions.owner_id: what it was before a change is unknown
-- wants lead_versions.has_opted_out_of_email boolean: what it was before a change is unknown
-- wants lead_versions.do_not_call boolean: what it was before a change is unknown
-- wants lead_versions.individual_id: what it was before a change is unknown
-- wants lead_versions.converted_contact_id: what it was before a change is unknown
-- wants lead_versions.converted_account_id: what it was before a change is unknown
-- wants lead_versions.master_record_id: what it was before a change is unknown
-- wants lead_versions.is_deleted|_fivetran_deleted boolean: what it was before a change is unknown
-- wants lead_versions.*: every other field is an attribute
-- leaves out lead_versions.created_date: the lead itself says it
-- leaves out lead_versions.last_modified_date: the version's start says it
-- leaves out lead_versions.system_modstamp: the version's start says it
-- leaves out lead_versions.warehouse_*: what this warehouse writes back is no news to it
-- leaves out lead_versions.is_converted: it tells how the story ends
-- leaves out lead_versions.converted_*: it tells how the story ends
-- leaves out lead_versions.is_unread_by_owner: it tells of whoever looks
-- leaves out lead_versions.name: first and last name say it
-- leaves out lead_versions.last_viewed_date: it tells of whoever looks
-- leaves out lead_versions.last_referenced_date: it tells of whoever looks
-- leaves out lead_versions.last_activity_date: events tell it, with their days
-- leaves out lead_versions.last_modified_by_id: it tells of whoever writes
-- leaves out lead_versions.created_by_id: it tells of whoever writes
-- leaves out lead_versions.photo_url: no score needs it
-- leaves out lead_versions.street: no score needs it
-- leaves out lead_versions.latitude: no score needs it
-- leaves out lead_versions.longitude: no score needs it
-- leaves out lead_versions.geocode_accuracy: no score needs it
-- leaves out lead_versions.address: its parts say it
-- leaves out lead_versions.description: free text about a person
-- wants account_end.id: leads of an account that was merged belong to no account
-- wants account_end.end_id: leads of an account that was merged belong to no account
select
    'sf:' || lead_versions.id as lead_id,
    today.created_at,
    lead_versions._fivetran_start as updated_at,
    lead_versions.email,
    coalesce(lead_versions.phone, lead_versions.mobile_phone) as phone,
    lead_versions.first_name,
    lead_versions.last_name,
    lead_versions.company as company_name,
    'sf:' || coalesce(account_end.end_id, lead_versions.converted_account_id) as account_id,
    lead_versions.title as job_title,
    lead_versions.industry,
    lead_versions.number_of_employees as employee_count,
    lead_versions.annual_revenue,
    coalesce(lead_versions.currency_iso_code, nullif(getvariable('currency'), '')) as currency,
    coalesce(lead_versions.country_code, lead_versions.country) as country,
    lead_versions.city,
    lead_versions.lead_source,
    'sf:' || lead_versions.owner_id as owner_id,
    case
        when lead_versions.has_opted_out_of_email then 'opted out'
        when lead_versions.do_not_call then 'do not call'
    end as consent_status,
    'sf:' || coalesce(lead_versions.converted_contact_id, lead_versions.master_record_id) as merged_into_lead_id,
    coalesce(lead_versions.is_deleted, false) as is_deleted,
    nullif(getvariable('record_url'), '') || lead_versions.id as lead_url,
    lead_versions.* exclude (
        _fivetran_start, _fivetran_active, id, email, phone, mobile_phone, first_name, last_name, company,
        title, industry, number_of_employees, annual_revenue, currency_iso_code, country_code, country, city,
        lead_source, owner_id, has_opted_out_of_email, do_not_call, individual_id, converted_contact_id,
        converted_account_id, master_record_id, is_deleted
    )
from lead_versions
inner join (
    select
        id,
        min(created_date) as created_at,
        max(try_cast(greatest(last_modified_date, system_modstamp) as timestamptz)) as changed_at
    from lead
    group by id
) as today
    on lead_versions.id = today.id
    and try_cast(lead_versions._fivetran_start as timestamptz) < today.changed_at
left join account_end on lead_versions.converted_account_id = account_end.id
where lead_versions._fivetran_active is not true
order by lead_id, updated_at
