{#
    Grain: one row per surviving lead and span of days on which it belongs to an account: its own
    account_id, else the account that has the domain of its business email then, the lowest account_id of
    several; NULL for days on which no account has that domain, though one had or will have it.
#}
with
domain_edges as (
    {%- for edge in ['valid_from_date', 'valid_until_date', "cast('1900-01-01' as date)"] %}
        select
            domain,
            {{ edge }} as edge_date
        from {{ ref('int_account_versions') }}
        where domain not in (select mailboxes.domain from {{ ref('email_domains') }} as mailboxes)
        {{ 'union' if not loop.last }}
    {%- endfor %}
),

domain_spans as (
    select
        domain,
        edge_date as valid_from_date,
        lead(edge_date, 1, cast('9999-12-31' as date)) over (partition by domain order by edge_date)
            as valid_until_date
    from domain_edges
),

domain_accounts as (
    select
        domain_spans.domain, domain_spans.valid_from_date, domain_spans.valid_until_date,
        min(accounts.account_id) as account_id
    from domain_spans
    left join {{ ref('int_account_versions') }} as accounts
        on domain_spans.domain = accounts.domain
        and {{ holds_on('accounts', 'domain_spans.valid_from_date') }}
    group by all
)

{# `greatest` and `least` leave out what is NULL. #}
select
    versions.lead_id,
    coalesce(versions.account_id, domain_accounts.account_id) as account_id,
    greatest(versions.valid_from_date, domain_accounts.valid_from_date) as valid_from_date,
    least(versions.valid_until_date, domain_accounts.valid_until_date) as valid_until_date
from {{ ref('int_person_versions') }} as versions
left join domain_accounts
    on case when versions.account_id is null then versions.email_domain end = domain_accounts.domain
    and versions.valid_from_date < domain_accounts.valid_until_date
    and versions.valid_until_date > domain_accounts.valid_from_date
where versions.account_id is not null or domain_accounts.domain is not null
