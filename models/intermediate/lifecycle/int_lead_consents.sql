{#
    Grain: one row per surviving lead and channel of contact: whether it may be contacted there, at the
    clock. Consent that was withdrawn closes every channel, whatever was said of one of them.
#}
{{ config(materialized='view') }}
with
stated as (
    select
        profiles.lead_id, channels.contact_channel,
        coalesce(own.consent_basis, channels.consent_basis, profiles.consent_basis)
            as consent_basis,
        lower(trim(profiles.consent_status)) as general_status,
        lower(trim({{ json_text('profiles.attributes', "'consent_' || channels.contact_channel") }}))
            as channel_status
    from {{ ref('int_lead_profiles') }} as profiles
    inner join {{ ref('contact_consent') }} as channels
        on channels.country_code is null
    left join {{ ref('contact_consent') }} as own
        on profiles.country = own.country_code
        and channels.contact_channel = own.contact_channel
    where profiles.is_current
)

select
    lead_id, contact_channel, consent_basis,
    coalesce(channel_status, general_status) as consent_status,
    case
        when 'withdrawn' in (general_status, channel_status) then false
        when consent_basis = 'opt_in' then coalesce(channel_status, general_status, '') = 'given'
        else true
    end as may_contact
from stated
