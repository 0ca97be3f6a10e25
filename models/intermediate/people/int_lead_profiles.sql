{#
    Grain: one row per surviving lead and span of days in which its attributes stayed the same, half open.
    Landed fields and what follows from them through the mapping seeds; money in the reporting currency.
#}
with

employee_bands as (

    select
        band,
        cast(lower as bigint) as lower_count,
        cast(nullif(upper, '') as bigint) as upper_count

    from {{ ref('employee_bands') }}

)

select
    versions.lead_id,
    versions.valid_from_date,
    versions.valid_until_date,
    versions.created_at,
    versions.is_deleted,
    versions.email,
    versions.phone,
    versions.first_name,
    versions.last_name,
    versions.person_id,
    versions.company_name,
    versions.account_id,
    versions.job_title,
    job_titles.seniority,
    job_titles.title_role,
    versions.department,
    coalesce(departments.department_group, job_titles.department_group) as department_group,
    versions.industry,
    versions.employee_count,
    employee_bands.band as employee_band,
    cast(versions.annual_revenue * exchange_rates.rate as decimal(26, 4)) as annual_revenue,
    versions.currency,
    cast(versions.budget * exchange_rates.rate as decimal(26, 4)) as budget,
    coalesce(countries.country_code, versions.country) as country,
    coalesce(versions.region, countries.region) as region,
    countries.consent_basis,
    versions.city,
    versions.language,
    coalesce(versions.time_zone, countries.time_zone) as time_zone,
    versions.lead_source,
    channels.channel,
    versions.campaign,
    versions.landing_page,
    email_domains.email_domain,
    email_domains.email_domain_kind,
    case
        when versions.email is null then null
        when role_mailboxes.local_part is null then 'no'
        else 'yes'
    end as is_role_mailbox,
    versions.consent_status,
    versions.owner_id,
    versions.attributes

from {{ ref('int_person_versions') }} as versions

left join {{ ref('int_job_titles') }} as job_titles
    on versions.job_title = job_titles.job_title

left join {{ ref('int_job_titles') }} as departments
    on versions.department = departments.job_title

left join {{ ref('int_countries') }} as written_countries
    on versions.country = written_countries.written_country

left join {{ ref('countries') }} as countries
    on written_countries.country_code = countries.country_code

left join {{ ref('int_channels') }} as channels
    on versions.lead_source = channels.lead_source

left join {{ ref('int_email_domains') }} as email_domains
    on split_part(versions.email, '@', 2) = email_domains.email_domain

left join {{ ref('role_mailboxes') }} as role_mailboxes
    on split_part(versions.email, '@', 1) = role_mailboxes.local_part

left join employee_bands
    on versions.employee_count >= employee_bands.lower_count
    and (
        employee_bands.upper_count is null
        or versions.employee_count <= employee_bands.upper_count
    )

left join {{ ref('int_exchange_rates') }} as exchange_rates
    on coalesce(versions.currency, '') = exchange_rates.from_currency
    and versions.valid_from_date >= exchange_rates.valid_from_date
    and versions.valid_from_date < exchange_rates.valid_until_date
