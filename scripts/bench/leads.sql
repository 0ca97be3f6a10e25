-- The leads from number $first_lead on, of $leads that are created evenly over the three years up to $last_day.
select
    format('l{:08d}', n) as lead_id,
    $last_day::timestamp - interval 1095 day
    + to_microseconds((1095 * 86400 * 1000000.0 * n / $leads)::bigint) as created_at,
    format('person{}@{}', n, domain) as email,
    format('Company {}', n // 3) as company_name,
    job_title,
    industry,
    (1 + pow(10, 4 * random_of(n, 'size')))::bigint as employee_count,
    country,
    lead_source
from (
    select
        n,
        pick(['gmail.com', 'acme.example', 'globex.example', 'initech.example'], n, 'domain')
            as domain,
        pick([
            'CTO', 'Head of Operations', 'Marketing Manager', 'Student', 'VP Sales',
            'Software Engineer', 'IT Director', 'Assistant', 'HR Manager', null
        ], n, 'title') as job_title,
        pick(['Software', 'E-commerce', 'Logistics', 'Banking', 'Education', null], n, 'industry')
            as industry,
        pick(['DE', 'US', 'FR', 'BR', 'IN', 'JP', 'GB', null], n, 'country') as country,
        pick([
            'organic search', 'paid search', 'referral', 'webinar', 'display', 'partner', null
        ], n, 'source') as lead_source
    from range($first_lead, $first_lead + $new_leads) as numbers (n)
)
