{#
    Grain: one row per surviving lead, with a number that changes when anything does that its scores are
    made of: its attributes, those of its account, its people, its events.
#}
with

profiles as (

    select * from {{ ref('int_lead_profiles') }}

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

rolled_up_leads as (

    select * from {{ ref('int_rolled_up_leads') }}

),

crm_events as (

    select * from {{ ref('int_crm_events') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

accounts as (

    select * from {{ ref('int_account_versions') }}

),

parts as (

    select
        profiles.lead_id,
        {{ row_hash(ref('int_lead_profiles'), 'profiles') }} as part
    from profiles

    union all

    select
        identities.surviving_lead_id as lead_id,
        {{ row_hash(ref('int_lead_identities'), 'identities') }} as part
    from identities

    union all

    select
        identities.surviving_lead_id as lead_id,
        {{ row_hash(ref('int_rolled_up_leads'), 'rolled_up_leads') }} as part

    from rolled_up_leads

    inner join identities
        on rolled_up_leads.lead_id = identities.lead_id

    union all

    select
        identities.surviving_lead_id as lead_id,
        {{ row_hash(ref('int_crm_events'), 'crm_events') }} as part

    from crm_events

    inner join identities
        on crm_events.lead_id = identities.lead_id

    union all

    select
        lead_accounts.lead_id,
        {{ row_hash(ref('int_lead_accounts'), 'lead_accounts') }} as part
    from lead_accounts

    union all

    select
        lead_accounts.lead_id,
        {{ row_hash(ref('int_account_versions'), 'accounts') }} as part

    from lead_accounts

    inner join accounts
        on lead_accounts.account_id = accounts.account_id

),

final as (

    select
        lead_id,
        sum(part) as fingerprint

    from parts

    group by lead_id

)

select * from final
