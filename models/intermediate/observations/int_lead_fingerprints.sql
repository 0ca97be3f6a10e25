{#
    Grain: one row per surviving lead, with a number that changes when anything does that its scores are
    made of: its attributes, those of its account, its people, its events.
#}
with

parts as (

    select
        profiles.lead_id,
        {{ row_hash(ref('int_lead_profiles'), 'profiles') }} as part
    from {{ ref('int_lead_profiles') }} as profiles

    union all

    select
        identities.surviving_lead_id as lead_id,
        {{ row_hash(ref('int_lead_identities'), 'identities') }} as part
    from {{ ref('int_lead_identities') }} as identities

    union all

    select
        identities.surviving_lead_id as lead_id,
        {{ row_hash(ref('int_rolled_up_leads'), 'rolled_up_leads') }} as part

    from {{ ref('int_rolled_up_leads') }} as rolled_up_leads

    inner join {{ ref('int_lead_identities') }} as identities
        on rolled_up_leads.lead_id = identities.lead_id

    union all

    select
        identities.surviving_lead_id as lead_id,
        {{ row_hash(ref('int_crm_events'), 'crm_events') }} as part

    from {{ ref('int_crm_events') }} as crm_events

    inner join {{ ref('int_lead_identities') }} as identities
        on crm_events.lead_id = identities.lead_id

    union all

    select
        lead_accounts.lead_id,
        {{ row_hash(ref('int_lead_accounts'), 'lead_accounts') }} as part
    from {{ ref('int_lead_accounts') }} as lead_accounts

    union all

    select
        lead_accounts.lead_id,
        {{ row_hash(ref('int_account_versions'), 'accounts') }} as part

    from {{ ref('int_lead_accounts') }} as lead_accounts

    inner join {{ ref('int_account_versions') }} as accounts
        on lead_accounts.account_id = accounts.account_id

)

select
    lead_id,
    sum(part) as fingerprint

from parts

group by lead_id
