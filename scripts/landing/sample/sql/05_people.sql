-- Grain: one row per lead: who it is, known or hidden, and how it came in. What belongs to the person
-- is drawn by person_no, what belongs to the registration by lead_no.
create table people as
with placed as (
    select
        *,
        choose('channels', lead_no, 'channel') as channel,
        pick(getvariable('days'), (lead_no - draw(lead_no, 'day')) / getvariable('leads'))
            as created_date,
        case
            when draw(person_no, 'email kind') < 0.40 then 'business'
            when draw(person_no, 'email kind') < 0.92 then 'free'
            when draw(person_no, 'email kind') < 0.94 then 'disposable'
            when draw(person_no, 'email kind') < 0.97 then 'role'
            else 'missing'
        end as email_kind,
        -- Who writes from a company's mailbox belongs to an account; low numbers have many leads.
        if(
            email_kind in ('business', 'role'),
            1 + floor(greatest(1, getvariable('leads') // 5) * draw(person_no, 'account') ** 1.7)::bigint,
            null
        ) as account_no
    from registrations
),

employed as (
    select
        placed.*,
        companies.account_id,
        companies.domain,
        coalesce(companies.name, choose('company_words', person_no, 'own word') || ' ' || person_no)
            as company_name,
        coalesce(companies.country, choose('countries', person_no, 'own country')) as country,
        coalesce(companies.industry, choose('industries', person_no, 'own industry')) as industry,
        coalesce(
            companies.employee_count, 1 + floor(exp(3.6 + 1.4 * normal(person_no, 'own size')))
        )::bigint as employee_count
    from placed
    left join companies using (account_no)
)

select
    employed.*,
    countries.region,
    countries.language,
    countries.utc_offset,
    countries.time_zone,
    one_of(string_split(countries.cities, '|'), person_no, 'city') as city,
    first_names.first_name,
    last_names.last_name,
    title_slots.title,
    title_slots.seniority,
    title_slots.department,
    title_slots.language as title_language,
    -- Nobody's mailbox and nobody's number: gmail.com allows no underscore, .example belongs to nobody,
    -- and no area code is 000.
    first_names.first_in_email || '.' || last_names.last_in_email || '_sample' || person_no as local_part,
    case email_kind
        when 'business' then local_part || '@' || domain
        when 'role' then one_of(['info', 'sales', 'office'], person_no, 'mailbox') || '@' || domain
        when 'free' then local_part || '@' || choose('free_domains', person_no, 'mailbox')
        when 'disposable' then local_part || '@' || choose('disposable_domains', person_no, 'mailbox')
    end as email,
    printf('+%d 000 %07d', calling_code, floor(1e7 * draw(person_no, 'phone'))::bigint) as phone,
    one_of(
        ['erp', 'crm', 'webshop', 'spreadsheet', 'spreadsheet', 'none'], person_no, 'integration'
    ) as favourite_integration,
    one_of(campaign_lists.campaigns, lead_no, 'campaign') as campaign,
    -- Between 7 and 19 o'clock there, on the same day in UTC.
    7 + 6 * (draw(lead_no, 'hour') + draw(lead_no, 'hour, again')) as local_hour,
    created_date + to_seconds(
        (86400 + floor(3600 * (local_hour - countries.utc_offset))::bigint) % 86400
    ) as created_at,
    normal(person_no, 'interest') as interest
from employed
inner join countries using (country)
inner join campaign_lists using (channel)
inner join numbered_names as first_names
    on countries.names = first_names.names
    and first_names.number = floor(8 * draw(person_no, 'first name'))
inner join numbered_names as last_names
    on countries.names = last_names.names
    and last_names.number = floor(8 * draw(person_no, 'last name'))
inner join title_slots
    on title_slots.language
    = if(draw(person_no, 'English title') < 0.2, 'en', countries.title_language)
    and title_slots.slot = floor(200 * draw(person_no, 'title'))
order by lead_no;
