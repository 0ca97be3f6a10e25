-- Grain: one row per contact as it is now; leads.history gives how it was before.
-- A contact that went into another is a lead that was merged, whether it is archived or the tool left it as it was.
-- wants contact.id|hs_object_id: no contact is known
-- wants contact.createdate time: no contact has a day on which it came in, so none can land
-- wants contact.lastmodifieddate|hs_lastmodifieddate time: a change of a contact holds since its last known one
-- wants contact._fivetran_deleted|archived|is_deleted boolean: no contact is known to be deleted
-- wants contact.archived_at|_fivetran_synced time: a deleted contact counts as deleted since its last change
-- wants contact.email: no lead has an address
-- wants contact.phone: no lead has a phone number
-- wants contact.mobilephone: a mobile phone does not stand in for a phone number
-- wants contact.firstname: no lead has a first name
-- wants contact.lastname: no lead has a last name
-- wants contact.company: no lead has the company that it wrote
-- wants contact.associatedcompanyid: leads belong to accounts by the domain of their address alone
-- wants contact.jobtitle: no lead has a title
-- wants contact.job_function|department: no lead has a department
-- wants contact.industry: no lead has an industry
-- wants contact.numemployees: no lead has a number of employees
-- wants contact.annualrevenue: no lead has an annual revenue
-- wants contact.country: no lead has a country
-- wants contact.city: no lead has a city
-- wants contact.hs_language|language: no lead has a language
-- wants contact.hs_timezone|time_zone: no lead has a time zone
-- wants contact.hs_analytics_source|lead_source: no lead has a source, so all are of the channel (none)
-- wants contact.hs_analytics_first_touch_converting_campaign|campaign: no lead has a campaign
-- wants contact.hs_analytics_first_url|landing_page: no lead has a first page
-- wants contact.hs_email_optout boolean: nobody is known to have opted out of emails
-- wants contact.hs_legal_basis: no lead has a legal basis for being contacted
-- wants contact.hs_lead_status: no lead has the status that sales gave it
-- wants contact.hubspot_owner_id: no lead has an owner
-- wants contact.*: every other property is an attribute
-- leaves out contact.hs_*: HubSpot's own reckonings, which change by the hour
-- leaves out contact.num_*: counts of HubSpot's own, which the events say better
-- leaves out contact.notes_*: days of the last contact, which the events say better
-- leaves out contact.warehouse_*: scores that were written back
-- leaves out contact.properties: Airbyte's copy of all properties
-- leaves out contact.companies: Airbyte's list of the companies
-- leaves out contact.contacts: Airbyte's list of the contacts
-- leaves out contact.created_at: the tool's copy of createdate
-- leaves out contact.updated_at: the tool's copy of lastmodifieddate
-- wants contact_absorbed.contact_id: contacts that were merged count as several leads
-- wants contact_absorbed.survivor_id: contacts that were merged count as several leads
select
    'hs:' || contact.id as lead_id,
    createdate as created_at,
    if(
        _fivetran_deleted and survivor_id is null, coalesce(archived_at, lastmodifieddate), lastmodifieddate
    ) as updated_at,
    email,
    coalesce(nullif(phone, ''), mobilephone) as phone,
    firstname as first_name,
    lastname as last_name,
    company as company_name,
    'hs:' || nullif(associatedcompanyid, '') as account_id,
    jobtitle as job_title,
    job_function as department,
    industry,
    -- HubSpot's own property is a range such as 5-25, which stays an attribute.
    if(regexp_full_match(numemployees, '[\d.,]+'), numemployees, null) as employee_count,
    annualrevenue as annual_revenue,
    nullif(getvariable('currency'), '') as currency,
    country,
    city,
    hs_language as language,
    coalesce(zones.name, hs_timezone) as time_zone,
    hs_analytics_source as lead_source,
    hs_analytics_first_touch_converting_campaign as campaign,
    hs_analytics_first_url as landing_page,
    case
        when hs_email_optout then 'opted out'
        when contains(hs_legal_basis, 'Freely given consent from contact') then 'Freely given consent from contact'
        else split_part(hs_legal_basis, ';', 1)
    end as consent_status,
    'hs:' || nullif(hubspot_owner_id, '') as owner_id,
    'hs:' || survivor_id as merged_into_lead_id,
    _fivetran_deleted and survivor_id is null as is_deleted,
    nullif(getvariable('portal_url'), '') || contact.id as lead_url,
    hs_lead_status,
    numemployees,
    contact.* exclude (
        id, createdate, lastmodifieddate, _fivetran_deleted, archived_at, email, phone, mobilephone, firstname,
        lastname, company, associatedcompanyid, jobtitle, job_function, industry, numemployees, annualrevenue,
        country, city, hs_language, hs_timezone, hs_analytics_source, hs_analytics_first_touch_converting_campaign,
        hs_analytics_first_url, hs_email_optout, hs_legal_basis, hs_lead_status, hubspot_owner_id
    )
from contact
left join contact_absorbed on contact.id = contact_absorbed.contact_id
-- HubSpot writes America/New_York as america_slash_new_york.
left join (
    select lower(replace(replace(name, '/', '_slash_'), '-', '_dash_')) as spelling, min(name) as name
    from pg_timezone_names()
    group by spelling
) as zones
    on lower(contact.hs_timezone) = zones.spelling
order by lead_id
