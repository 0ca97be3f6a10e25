-- Grain: one row per account.
select
    account_id,
    known(domain, 0.95, account_no, 'domain known') as domain,
    name,
    industry,
    known(employee_count, 0.95, account_no, 'employees known') as employee_count,
    known(annual_revenue, 0.85, account_no, 'revenue known') as annual_revenue,
    'EUR' as currency,
    country
from companies
order by account_no
