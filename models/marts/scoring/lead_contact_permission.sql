{# Grain: one row per lead that is not deleted and channel of contact: whether it may be contacted there. #}
with

consents as (

    select * from {{ ref('int_lead_consents') }}

),

lifecycle as (

    select * from {{ ref('lead_lifecycle') }}

),

final as (

    select
        consents.lead_id,
        consents.contact_channel,
        consents.may_contact,
        consents.consent_basis,
        consents.consent_status

    from consents

    inner join lifecycle
        on consents.lead_id = lifecycle.lead_id

    where not lifecycle.is_deleted

)

select * from final
