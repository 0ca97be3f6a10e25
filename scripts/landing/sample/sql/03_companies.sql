-- Grain: one row per account. There is one for every five leads.
create table companies as
with drawn as (
    select
        account_no,
        choose('countries', account_no, 'account country') as country,
        choose('industries', account_no, 'account industry') as industry,
        choose('company_words', account_no, 'account word') as word,
        least(200000, 1 + floor(exp(4.9 + 1.5 * normal(account_no, 'account size'))))::bigint
            as employee_count,
        120000 * exp(0.4 * normal(account_no, 'account revenue')) as revenue_per_employee
    from range(1, 1 + greatest(1, getvariable('leads') // 5)) as accounts (account_no)
)

select
    account_no,
    'a' || lpad(account_no::text, 7, '0') as account_id,
    lower(word) || '-' || account_no || '.example' as domain,
    concat_ws(' ', word, account_no, company_word, legal_form) as name,
    industry,
    employee_count,
    (round(employee_count * revenue_per_employee / 1000) * 1000)::bigint as annual_revenue,
    country
from drawn
inner join industries using (industry)
inner join countries using (country)
order by account_no;
