{#
    Grain: one row per surviving lead and channel of contact: whether it may be contacted there, at the clock. Of all that
    its leads say the strictest counts; what closes every channel goes before what was said of one of them. An email that
    was unsubscribed from closes email until consent is given later.
#}
{%- set stated -%}
    select
        identities.surviving_lead_id as lead_id, versions.lead_id as landed_lead_id,
        channels.contact_channel, channels.consent_basis, versions.valid_from_date, versions.is_current,
        general.meaning as general_consent, general.strictness as general_strictness,
        specific.meaning as channel_consent, specific.strictness as channel_strictness
    from {{ ref('int_lead_versions') }} as versions
    inner join {{ ref('int_lead_identities') }} as identities on versions.lead_id = identities.lead_id
    inner join {{ ref('contact_consent') }} as channels on channels.country_code is null
    left join {{ ref('int_words') }} as general
        on versions.consent_status = general.written and general.kind = 'consent'
    left join {{ ref('int_words') }} as specific
        on specific.written = {{ json_text('versions.attributes', "'consent_' || channels.contact_channel") }}
        and specific.kind = 'consent'
{%- endset %}
with
unsubscribed as (
    select lead_id, 'email' as contact_channel, cast(max(occurred_at) as date) as unsubscribed_date
    from {{ ref('int_kpi_events') }}
    where kpi_event = 'email_unsubscribed'
    group by lead_id
),

given as (
    {# Asked for only where an email was unsubscribed from. #}
    select lead_id, contact_channel, max(valid_from_date) as given_date
    from (
        select
            stated.*,
            lag(coalesce(stated.channel_consent, stated.general_consent), 1, '') over (
                partition by stated.landed_lead_id, stated.contact_channel order by stated.valid_from_date
            ) as consent_before
        from ({{ stated }}) as stated
        inner join unsubscribed
            on stated.lead_id = unsubscribed.lead_id and stated.contact_channel = unsubscribed.contact_channel
    ) as changes
    where coalesce(channel_consent, general_consent) = 'given' and coalesce(consent_before, '') <> 'given'
    group by lead_id, contact_channel
),

current_consents as (
    select
        lead_id, contact_channel,
        min(consent_basis) as channel_basis,
        max_by(general_consent, general_strictness) as general_consent,
        max_by(channel_consent, channel_strictness) as channel_consent
    from ({{ stated }}) as stated
    where is_current
    group by lead_id, contact_channel
),

together as (
    select
        consents.lead_id, consents.contact_channel,
        coalesce(own.consent_basis, consents.channel_basis, profiles.consent_basis) as consent_basis,
        case
            when consents.general_consent in ('objected', 'withdrawn', 'unknown') then consents.general_consent
            when consents.channel_consent in ('objected', 'withdrawn', 'unknown') then consents.channel_consent
            when coalesce(unsubscribed.unsubscribed_date >= given.given_date, unsubscribed.lead_id is not null)
                then 'unsubscribed'
            when 'given' in (consents.channel_consent, consents.general_consent) then 'given'
        end as consent_status
    from current_consents as consents
    inner join {{ ref('int_lead_profiles') }} as profiles
        on consents.lead_id = profiles.lead_id and profiles.is_current
    left join {{ ref('contact_consent') }} as own
        on profiles.country = own.country_code and consents.contact_channel = own.contact_channel
    left join given
        on consents.lead_id = given.lead_id and consents.contact_channel = given.contact_channel
    left join unsubscribed
        on consents.lead_id = unsubscribed.lead_id and consents.contact_channel = unsubscribed.contact_channel
)

select *, coalesce(consent_status = 'given', coalesce(consent_basis, '') <> 'opt_in') as may_contact
from together
