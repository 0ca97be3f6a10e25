{#
    Grain: one row per surviving lead and channel of contact: whether it may be contacted there, at the clock. Of all that
    its leads say the strictest counts; what closes every channel goes before what was said of one of them. An email that
    was unsubscribed from closes email until consent is given later.
#}
{%- set stated -%}
    select
        identities.surviving_lead_id as lead_id, versions.lead_id as landed_lead_id, channels.contact_channel,
        versions.valid_from_date, versions.is_current, general.meaning as general_consent,
        specific.meaning as channel_consent, specific.strictness as channel_strictness
    from {{ ref('int_lead_versions') }} as versions
    inner join {{ ref('int_lead_identities') }} as identities on versions.lead_id = identities.lead_id
    inner join {{ ref('contact_consent') }} as channels on channels.country_code is null
    left join {{ ref('int_words') }} as general on versions.consent_status = general.written and general.kind = 'consent'
    left join {{ ref('int_words') }} as specific on specific.kind = 'consent'
        and specific.written = {{ json_text('versions.attributes', "'consent_' || channels.contact_channel") }}
{%- endset %}
with
opt_outs as (
    select lead_id, 'email' as contact_channel, cast(max(occurred_at) as date) as last_date
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
        inner join opt_outs on stated.lead_id = opt_outs.lead_id and stated.contact_channel = opt_outs.contact_channel
    ) as changes
    where coalesce(channel_consent, general_consent) = 'given' and coalesce(consent_before, '') <> 'given'
    group by lead_id, contact_channel
),

general as (
    select identities.surviving_lead_id as lead_id, max_by(words.meaning, words.strictness) as consent
    from {{ ref('int_lead_versions') }} as versions
    inner join {{ ref('int_lead_identities') }} as identities on versions.lead_id = identities.lead_id
    left join {{ ref('int_words') }} as words on versions.consent_status = words.written and words.kind = 'consent'
    where versions.is_current
    group by identities.surviving_lead_id
),

specific as (
    select lead_id, contact_channel, max_by(channel_consent, channel_strictness) as consent
    from ({{ stated }}) as stated
    where is_current and channel_consent is not null
    group by lead_id, contact_channel
),

together as (
    select
        general.lead_id, channels.contact_channel,
        coalesce(own.consent_basis, channels.consent_basis, profiles.consent_basis) as consent_basis,
        case
            when general.consent in ('objected', 'withdrawn', 'unknown') then general.consent
            when specific.consent in ('objected', 'withdrawn', 'unknown') then specific.consent
            when coalesce(opt_outs.last_date >= given.given_date, opt_outs.lead_id is not null) then 'unsubscribed'
            when 'given' in (specific.consent, general.consent) then 'given'
        end as consent_status
    from general
    cross join {{ ref('contact_consent') }} as channels
    inner join {{ ref('int_lead_profiles') }} as profiles on general.lead_id = profiles.lead_id and profiles.is_current
    left join {{ ref('contact_consent') }} as own
        on profiles.country = own.country_code and channels.contact_channel = own.contact_channel
    left join specific on general.lead_id = specific.lead_id and channels.contact_channel = specific.contact_channel
    left join given on general.lead_id = given.lead_id and channels.contact_channel = given.contact_channel
    left join opt_outs on general.lead_id = opt_outs.lead_id and channels.contact_channel = opt_outs.contact_channel
    where channels.country_code is null
)

select *, coalesce(consent_status = 'given', coalesce(consent_basis, '') <> 'opt_in') as may_contact
from together
