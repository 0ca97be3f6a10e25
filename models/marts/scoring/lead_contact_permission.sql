{# Grain: one row per lead that is not deleted and channel of contact: whether it may be contacted there. #}
select
    consents.lead_id,
    consents.contact_channel,
    consents.may_contact,
    consents.consent_basis,
    consents.consent_status
from {{ ref('int_lead_consents') }} as consents
inner join {{ ref('int_lifecycles') }} as lifecycles
    on consents.lead_id = lifecycles.lead_id
where not lifecycles.is_deleted
