-- Grain: one row per contact and moment at which a property changed, with the values as they were then; the first is of
-- the contact's creation. What the history does not tell was not known then. The contact as it is now is in leads.
-- keeps what is gone: tools and HubSpot drop old history
-- wants contact.id|hs_object_id: no contact is known
-- wants contact.createdate timestamp: how contacts were is not known
-- wants contact.lastmodifieddate|hs_lastmodifieddate timestamp: how contacts are takes the place of their last change
-- wants contact_property_history|contacts_property_history.contact_id|vid|object_id: how contacts were is not known
-- wants contact_property_history.name|property|property_name: how contacts were is not known
-- wants contact_property_history.value: how contacts were is not known
-- wants contact_property_history.timestamp timestamp: how contacts were is not known
with
changes as (
    select contact_id, name, coalesce(value, '') as value, timestamp as changed_at
    from contact_property_history
    where
        timestamp is not null
        and name in (
            'email', 'phone', 'mobilephone', 'firstname', 'lastname', 'company', 'associatedcompanyid', 'jobtitle',
            'job_function', 'industry', 'numemployees', 'annualrevenue', 'country', 'city', 'hs_language',
            'hs_analytics_source', 'hs_analytics_first_touch_converting_campaign', 'hs_analytics_first_url',
            'hs_email_optout', 'hs_legal_basis', 'hubspot_owner_id', 'lifecyclestage', 'hs_lead_status'
        )

    union all

    select id, null, null, createdate
    from contact
    where id in (select contact_id from contact_property_history)
),

moments as (
    -- A property that was emptied is the empty text here, one that did not change is NULL.
    pivot changes on name in (
        'email', 'phone', 'mobilephone', 'firstname', 'lastname', 'company', 'associatedcompanyid', 'jobtitle',
        'job_function', 'industry', 'numemployees', 'annualrevenue', 'country', 'city', 'hs_language',
        'hs_analytics_source', 'hs_analytics_first_touch_converting_campaign', 'hs_analytics_first_url',
        'hs_email_optout', 'hs_legal_basis', 'hubspot_owner_id', 'lifecyclestage', 'hs_lead_status'
    )
    using max(value)
    group by contact_id, changed_at
),

held as (
    select
        contact_id, changed_at,
        nullif(last_value(columns(* exclude (contact_id, changed_at)) ignore nulls) over so_far, '')
    from moments
    window so_far as (partition by contact_id order by changed_at)
)

select
    'hs:' || held.contact_id as lead_id,
    contact.createdate as created_at,
    held.changed_at as updated_at,
    held.email,
    coalesce(held.phone, held.mobilephone) as phone,
    held.firstname as first_name,
    held.lastname as last_name,
    held.company as company_name,
    'hs:' || held.associatedcompanyid as account_id,
    held.jobtitle as job_title,
    held.job_function as department,
    held.industry,
    if(regexp_full_match(held.numemployees, '[\d.,]+'), held.numemployees, null) as employee_count,
    held.annualrevenue as annual_revenue,
    nullif(getvariable('currency'), '') as currency,
    held.country,
    held.city,
    held.hs_language as language,
    held.hs_analytics_source as lead_source,
    held.hs_analytics_first_touch_converting_campaign as campaign,
    held.hs_analytics_first_url as landing_page,
    case
        when lower(held.hs_email_optout) = 'true' then 'opted out'
        when contains(held.hs_legal_basis, 'Freely given consent from contact')
            then 'Freely given consent from contact'
        else split_part(held.hs_legal_basis, ';', 1)
    end as consent_status,
    'hs:' || held.hubspot_owner_id as owner_id,
    nullif(getvariable('portal_url'), '') || contact.id as lead_url,
    held.hs_lead_status,
    held.lifecyclestage
from held
inner join contact on held.contact_id = contact.id
where
    held.changed_at >= contact.createdate
    and coalesce(held.changed_at < contact.lastmodifieddate, true)
order by lead_id, updated_at
