{#
    Grain: one row per surviving lead, version of one of its leads or, where rules ask for accounts, of its
    account, and span of days on which the version holds though it was only written (updated_at, else
    landing) after them.
#}
{{ config(materialized='view') }}
with
lead_versions as (
    select
        identities.surviving_lead_id as lead_id,
        versions.valid_from_date, versions.valid_until_date,
        cast(coalesce(versions.updated_at, versions.landed_at) as date) as written_date
    from {{ ref('int_lead_versions') }} as versions
    inner join {{ ref('int_lead_identities') }} as identities
        on versions.lead_id = identities.lead_id
),

account_attributes as (
    select count(*) as asked_for
    from {{ ref('int_model_attributes') }}
    where attribute like 'account.%'
),

account_versions as (
    select
        accounts_of_leads.lead_id,
        greatest(accounts_of_leads.valid_from_date, versions.valid_from_date) as valid_from_date,
        least(accounts_of_leads.valid_until_date, versions.valid_until_date) as valid_until_date,
        cast(coalesce(versions.updated_at, versions.landed_at) as date) as written_date
    from {{ ref('int_lead_accounts') }} as accounts_of_leads
    inner join {{ ref('int_account_versions') }} as versions
        on accounts_of_leads.account_id = versions.account_id
        and accounts_of_leads.valid_from_date < versions.valid_until_date
        and accounts_of_leads.valid_until_date > versions.valid_from_date
    cross join account_attributes
    where account_attributes.asked_for > 0
)

select
    lead_id, valid_from_date,
    least(valid_until_date, written_date) as valid_until_date
from lead_versions
where written_date > valid_from_date

union all

select
    lead_id, valid_from_date,
    least(valid_until_date, written_date) as valid_until_date
from account_versions
where written_date > valid_from_date
