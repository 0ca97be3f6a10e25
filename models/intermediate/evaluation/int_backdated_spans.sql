{#
    Grain: one row per surviving lead, version of one of its leads or, where rules ask for accounts, of its
    account, and span of days on which the version holds though it was only written (updated_at, else
    landing) after them.
#}
{{ config(materialized='view') }}
with
versions as (
    select
        identities.surviving_lead_id as lead_id,
        leads.valid_from_date, leads.valid_until_date,
        cast(coalesce(leads.updated_at, leads.landed_at) as date) as written_date
    from {{ ref('int_lead_versions') }} as leads
    inner join {{ ref('int_lead_identities') }} as identities
        on leads.lead_id = identities.lead_id

    union all

    select
        belongings.lead_id,
        greatest(belongings.valid_from_date, accounts.valid_from_date) as valid_from_date,
        least(belongings.valid_until_date, accounts.valid_until_date) as valid_until_date,
        cast(coalesce(accounts.updated_at, accounts.landed_at) as date) as written_date
    from {{ ref('int_lead_accounts') }} as belongings
    inner join {{ ref('int_account_versions') }} as accounts
        on belongings.account_id = accounts.account_id
        and belongings.valid_from_date < accounts.valid_until_date
        and belongings.valid_until_date > accounts.valid_from_date
    where exists (
            select 1 from {{ ref('int_model_attributes') }} as asked
            where asked.attribute like 'account.%'
        )
)

select lead_id, valid_from_date, least(valid_until_date, written_date) as valid_until_date
from versions
where written_date > valid_from_date
