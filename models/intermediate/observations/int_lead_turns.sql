{#
    Grain: one row per surviving lead and day on which attributes of it or of its account change, it is
    deleted, or the models are measured.
#}
{{ config(materialized='view') }}
with

profiles as (

    select * from {{ ref('int_lead_profiles') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

account_versions as (

    select * from {{ ref('int_account_versions') }}

),

evaluation_dates as (

    select * from {{ ref('int_evaluation_dates') }}

),

final as (

    select
        lead_id,
        valid_from_date as turn_date
    from profiles

    union

    select
        lead_id,
        valid_until_date as turn_date
    from profiles

    union

    select
        lead_id,
        valid_from_date as turn_date
    from lead_accounts

    union

    select
        lead_id,
        valid_until_date as turn_date
    from lead_accounts

    union

    select
        lead_accounts.lead_id,
        account_versions.valid_from_date as turn_date

    from lead_accounts

    inner join account_versions
        on lead_accounts.account_id = account_versions.account_id

    union

    select
        lead_id,
        score_date as turn_date
    from evaluation_dates

)

select * from final
