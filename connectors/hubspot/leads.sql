-- wants contact|contacts.id: no contact is known
-- wants contact.createdate time: no lead has a day on which it came in
-- wants contact.email: no lead has an address
-- wants contact.hs_email_optout boolean: nobody is known to have withdrawn consent
-- wants contact._fivetran_deleted|archived|is_deleted boolean: no contact is known to be deleted
-- wants contact.*: every other property is an attribute
-- leaves out contact.hs_*: HubSpot's own reckonings, which change by the hour
select
    'hs:' || id as lead_id,
    createdate as created_at,
    email,
    _fivetran_deleted as is_deleted,
    if(hs_email_optout, 'opted out', null) as consent_status,
    contact.* exclude (id, createdate, email, hs_email_optout, _fivetran_deleted)
from contact
