{#
    Grain: one row per email domain in use: business, free, disposable or competitor, and the account of a
    business domain.
#}
with

versions as (

    select * from {{ ref('int_person_versions') }}

),

kinds as (

    select * from {{ ref('email_domains') }}

),

accounts as (

    select
        domain,
        min(account_id) as account_id

    from {{ ref('int_account_versions') }}

    where valid_until_date = cast('9999-12-31' as date)

    group by domain

),

domains as (

    select distinct split_part(email, '@', 2) as email_domain
    from versions
    where contains(email, '@')

),

final as (

    select
        domains.email_domain,
        coalesce(kinds.kind, 'business') as email_domain_kind,
        case when kinds.kind is null then accounts.account_id end as account_id

    from domains

    left join kinds
        on domains.email_domain = kinds.domain

    left join accounts
        on domains.email_domain = accounts.domain

)

select * from final
