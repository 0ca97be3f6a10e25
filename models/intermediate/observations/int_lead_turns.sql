{#
    Grain: one row per surviving lead and day on which attributes of it or of its account change, it is
    deleted, or the models are measured.
#}
{{ config(materialized='view') }}
select
    lead_id,
    valid_from_date as turn_date
from {{ ref('int_lead_profiles') }}

union

select
    lead_id,
    valid_until_date as turn_date
from {{ ref('int_lead_profiles') }}

union

select
    lead_id,
    valid_from_date as turn_date
from {{ ref('int_lead_accounts') }}

union

select
    lead_id,
    valid_until_date as turn_date
from {{ ref('int_lead_accounts') }}

union

select
    lead_accounts.lead_id,
    account_versions.valid_from_date as turn_date

from {{ ref('int_lead_accounts') }} as lead_accounts

inner join {{ ref('int_account_versions') }} as account_versions
    on lead_accounts.account_id = account_versions.account_id

union

select
    lead_id,
    score_date as turn_date
from {{ ref('int_evaluation_dates') }}
