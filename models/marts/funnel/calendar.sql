{# Grain: one row per day, without a gap, from the first of the funnel and of leads' lives to the end of the data. #}
with
known_days as (
    select funnel_date as known_date from {{ ref('funnel') }}

    union all

    select cast(lead_at as date) from {{ ref('lead_lifecycle') }}

    union all

    select cast(customer_at as date) from {{ ref('lead_lifecycle') }}

    union all

    select last_date from {{ ref('int_data_end') }}
),

bounds as (
    select min(known_date) as first_date, max(known_date) as last_date from known_days
),

days as (
    select {{ days_from('first_date', 'last_date') }} as date_day from bounds
)

select
    date_day,
    cast({{ iso_weekday('date_day') }} as integer) as day_of_week,
    {{ iso_weekday('date_day') }} >= 6 as is_weekend,
    cast(date_trunc('week', date_day) as date) as week_start_date,
    cast(extract(month from date_day) as integer) as month_number,
    cast(date_trunc('month', date_day) as date) as month_start_date,
    cast(extract(quarter from date_day) as integer) as quarter_number,
    cast(date_trunc('quarter', date_day) as date) as quarter_start_date,
    cast(extract(year from date_day) as integer) as year_number,
    cast(date_trunc('year', date_day) as date) as year_start_date
from days
