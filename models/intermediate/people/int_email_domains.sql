{# Grain: one row per email domain in use: business, free, disposable or competitor. #}
with

domains as (

    select distinct split_part(email, '@', 2) as email_domain
    from {{ ref('stg_raw__leads') }}
    where contains(email, '@')

)

select
    domains.email_domain,
    coalesce(kinds.kind, 'business') as email_domain_kind

from domains

left join {{ ref('email_domains') }} as kinds
    on domains.email_domain = kinds.domain
