-- Grain: one row per contact that HubSpot's sync with Salesforce knows there: a contact, else a lead. A record that
-- several have is of the one that was neither merged nor deleted.
-- wants contact.id|hs_object_id: no contact is known
-- wants contact.salesforcecontactid: contacts of Salesforce are people of their own
-- wants contact.salesforceleadid: leads of Salesforce are people of their own
-- wants contact._fivetran_deleted|archived|is_deleted boolean: a record is that of a deleted contact
-- wants contact_absorbed.contact_id: a record is that of a merged contact
with
records as (
    select
        id, coalesce(nullif(salesforcecontactid, ''), nullif(salesforceleadid, '')) as record_id,
        coalesce(_fivetran_deleted, false) as is_gone,
        id in (select contact_id from contact_absorbed) as is_absorbed
    from contact
)

select
    'sf:' || record_id as alias_id,
    'hs:' || id as lead_id,
    'salesforce record' as kind
from records
where record_id is not null
qualify row_number() over (partition by record_id order by is_gone, is_absorbed, id) = 1
order by alias_id
