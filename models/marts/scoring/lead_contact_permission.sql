{# Grain: one row per lead that is not deleted and channel of contact: whether it may be contacted there. #}
select
    consents.lead_id,
    consents.contact_channel,
    consents.may_contact,
    consents.consent_basis,
    consents.consent_status

from {{ ref('int_lead_consents') }} as consents

inner join {{ ref('lead_lifecycle') }} as lifecycle
    on consents.lead_id = lifecycle.lead_id

where not lifecycle.is_deleted
