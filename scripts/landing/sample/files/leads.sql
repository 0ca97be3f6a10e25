-- Grain: one row per version of a lead, and three rows that landing must reject. `favourite_integration`
-- is no column of the input contract.
with versions as (
    select
        people.* exclude (title, department),
        lead_versions.* exclude (lead_no),
        draw(person_no, 'person known') < 0.25 as is_person_known,
        -- How to tell who comes again: by person_id, by the same email in capitals, or as merged.
        case
            when previous_lead_no is null then null
            when is_third_time then 'merged'
            when is_person_known then 'person_id'
            when email is not null and email_kind != 'role' and draw(lead_no, 'told by') < 0.6 then 'email'
            else 'merged'
        end as told_by
    from lead_versions
    inner join people using (lead_no)
),

written as (
    select
        lead_id(lead_no) as lead_id,
        strftime(created_at, '%Y-%m-%dT%H:%M:%SZ') as created_at,
        strftime(updated_at, '%Y-%m-%dT%H:%M:%SZ') as updated_at,
        case
            when told_by is null then email
            when told_by = 'email' then upper(email)
            else concat(local_part, '_again', lead_no, '@', choose('free_domains', lead_no, 'new mailbox'))
        end as email,
        known(phone, 0.35, person_no, 'phone known') as phone,
        known(first_name, 0.92, lead_no, 'first name known') as first_name,
        known(last_name, 0.9, lead_no, 'last name known') as last_name,
        known(company_name, 0.7, lead_no, 'company known') as company_name,
        known(account_id, 0.75, person_no, 'account known') as account_id,
        case
            when draw(lead_no, 'title known') < 0.08 then null
            when draw(lead_no, 'title known') < 0.12 then choose('junk_titles', lead_no, 'junk')
            else title
        end as job_title,
        known(department, 0.55, lead_no, 'department known') as department,
        known(industry, 0.65, lead_no, 'industry known') as industry,
        known(employee_count, 0.5, lead_no, 'employees of the lead known') as employee_count,
        known(
            (500 * round(employee_count ** 0.5 * exp(0.5 * normal(lead_no, 'budget'))))::bigint,
            0.12, lead_no, 'budget known'
        ) as budget,
        'EUR' as currency,
        known(country, 0.96, lead_no, 'country known') as country,
        known(city, 0.6, lead_no, 'city known') as city,
        known(
            if(draw(person_no, 'English') < 0.15, 'en', language), 0.8, person_no, 'language known'
        ) as language,
        known(time_zone, 0.7, lead_no, 'time zone known') as time_zone,
        known(channel, 0.97, lead_no, 'channel known') as lead_source,
        known(campaign, 0.97, lead_no, 'channel known') as campaign,
        'https://www.example.com/' || one_of(
            ['', 'pricing', 'demo', 'contact', 'resources/ebook-automation'], lead_no, 'landing'
        ) as landing_page,
        if(is_person_known, 'p' || person_no, null) as person_id,
        case
            when draw(lead_no, 'consent') < 0.7 then 'given'
            when draw(lead_no, 'consent') < 0.74 then 'withdrawn'
        end as consent_status,
        outcomes.rep_id as owner_id,
        if(told_by = 'merged', lead_id(previous_lead_no), null) as merged_into_lead_id,
        is_deleted,
        known(favourite_integration, 0.8, person_no, 'integration known') as favourite_integration
    from versions
    left join outcomes using (lead_no)
)

select * from written
union all by name
select lead_id, created_at
from (
    values ('x1', 'yesterday'), ('x2', '2025-13-45'), (null, '2025-01-15T09:30:00Z')
) as faulty (lead_id, created_at)
order by lead_id, updated_at
