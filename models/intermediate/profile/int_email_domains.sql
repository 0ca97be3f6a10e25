{# Grain: one row per email domain in use: business, free, disposable or competitor. #}
with

leads as (

    select * from {{ ref('stg_raw__leads') }}

),

kinds as (

    select * from {{ ref('email_domains') }}

),

domains as (

    select distinct split_part(email, '@', 2) as email_domain
    from leads
    where contains(email, '@')

),

final as (

    select
        domains.email_domain,
        coalesce(kinds.kind, 'business') as email_domain_kind

    from domains

    left join kinds
        on domains.email_domain = kinds.domain

)

select * from final
