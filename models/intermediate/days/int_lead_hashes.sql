{#
    Grain: one row per surviving lead, with a number that changes when anything does that its scores are made of: its
    attributes, those of its account, its people, its events, and those of its account's leads where a measure counts them.
#}
{{ config(materialized='view') }}
with
parts as (
    select profiles.lead_id, {{ row_hash('profiles') }} as part
    from {{ ref('int_lead_profiles') }} as profiles

    union all

    select identities.surviving_lead_id as lead_id, {{ row_hash('identities') }} as part
    from {{ ref('int_lead_identities') }} as identities

    union all

    select identities.surviving_lead_id as lead_id, {{ row_hash('events') }} as part
    from (
        select lead_id, max(landing_seq) as landing_seq from {{ ref('int_event_days') }}
        group by lead_id
    ) as events
    inner join {{ ref('int_lead_identities') }} as identities
        on events.lead_id = identities.lead_id

    union all

    select crm_events.lead_id, {{ row_hash('crm_events') }} as part
    from {{ ref('int_all_event_days') }} as crm_events
    where not crm_events.is_landed

    union all

    select lead_accounts.lead_id, {{ row_hash('lead_accounts') }} + coalesce({{ row_hash('accounts') }}, 0) as part
    from {{ ref('int_lead_accounts') }} as lead_accounts
    left join {{ ref('int_account_versions') }} as accounts
        on lead_accounts.account_id = accounts.account_id
),

lead_hashes as (
    select lead_id, sum(part) as lead_hash
    from parts
    group by lead_id
),

colleagues as (
    select
        lead_accounts.account_id,
        sum(lead_hashes.lead_hash) as account_hash
    from {{ ref('int_lead_accounts') }} as lead_accounts
    inner join lead_hashes
        on lead_accounts.lead_id = lead_hashes.lead_id
    where 'account_leads' in (select measures.statistic from {{ ref('event_measures') }} as measures)
    group by lead_accounts.account_id
)

select
    lead_hashes.lead_id,
    lead_hashes.lead_hash + coalesce(sum(colleagues.account_hash), 0) as lead_hash
from lead_hashes
left join {{ ref('int_lead_accounts') }} as lead_accounts
    on lead_hashes.lead_id = lead_accounts.lead_id
left join colleagues
    on lead_accounts.account_id = colleagues.account_id
group by lead_hashes.lead_id, lead_hashes.lead_hash
