{#
    Grain: one row per surviving lead and span of days in which its attributes stayed the same, half open.
    Landed fields and what follows from them through the mapping seeds; money in the reporting currency.
#}
with
employee_counts as (
    select distinct employee_count from {{ ref('int_person_versions') }}
)

select
    versions.lead_id, versions.valid_from_date, versions.valid_until_date,
    {{ holds_on('versions', 'clock.clock_date') }} as is_current,
    versions.created_at, versions.is_deleted, versions.has_objected,
    {%- for landed in [
        'email', 'phone', 'first_name', 'last_name', 'person_id', 'company_name', 'account_id', 'job_title', 'department', 'industry', 'employee_count',
        'currency', 'city', 'language', 'lead_source', 'campaign', 'landing_page', 'consent_status', 'owner_id', 'lead_url', 'attributes'
    ] %}
        versions.{{ landed }},
    {%- endfor %}
    job_titles.seniority,
    job_titles.title_role,
    coalesce(departments.department_group, job_titles.department_group) as department_group,
    employee_bands.band as employee_band,
    cast(versions.annual_revenue * exchange_rates.rate as decimal(26, 4)) as annual_revenue,
    cast(versions.budget * exchange_rates.rate as decimal(26, 4)) as budget,
    coalesce(countries.country_code, versions.country) as country,
    coalesce(versions.region, countries.region) as region,
    coalesce(versions.time_zone, countries.time_zone) as time_zone,
    countries.consent_basis, channels.meaning as channel,
    versions.email_domain,
    case when versions.email_domain is not null then coalesce(email_domains.kind, 'business') end as email_domain_kind,
    case
        when versions.email is null then null
        when role_mailboxes.local_part is null then 'no'
        else 'yes'
    end as is_role_mailbox
from {{ ref('int_person_versions') }} as versions
cross join {{ ref('int_clock') }} as clock
left join {{ ref('int_job_titles') }} as job_titles
    on versions.job_title = job_titles.job_title
left join {{ ref('int_job_titles') }} as departments
    on versions.department = departments.job_title
left join {{ ref('int_words') }} as written_countries
    on versions.country = written_countries.written
    and written_countries.kind = 'country'
left join {{ ref('countries') }} as countries
    on written_countries.meaning = countries.country_code
left join {{ ref('int_words') }} as channels
    on versions.lead_source = channels.written
    and channels.kind = 'channel'
left join {{ ref('email_domains') }} as email_domains
    on versions.email_domain = email_domains.domain
left join {{ ref('role_mailboxes') }} as role_mailboxes
    on split_part(versions.email, '@', 1) = role_mailboxes.local_part
left join (
    select counts.employee_count, bands.band
    from employee_counts as counts
    inner join {{ ref('employee_bands') }} as bands
        on counts.employee_count >= bands.lower
        and counts.employee_count <= coalesce(bands.upper, 9223372036854775807)
) as employee_bands
    on versions.employee_count = employee_bands.employee_count
left join {{ ref('int_exchange_rates') }} as exchange_rates
    on coalesce(versions.currency, '') = exchange_rates.from_currency
    and {{ holds_on('exchange_rates', 'versions.valid_from_date') }}
