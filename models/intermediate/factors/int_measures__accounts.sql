{# Grain: one row per lead, score date and measure of its account that rules ask for: its leads with such an event. #}
with
measures as (
    select * from {{ ref('event_measures') }}
    where statistic = 'account_leads'
        and measure in (select asked.attribute from {{ ref('int_model_attributes') }} as asked)
),

active as (
    {# The leads of the account on the score date, the lead itself among them. #}
    select
        days.lead_id, days.score_date, measures.measure,
        count(distinct others.lead_id) as lead_count
    from measures
    cross join (select distinct lead_id, score_date from {{ ref('int_days_to_score') }}) as days
    inner join {{ ref('int_lead_accounts') }} as accounts
        on days.lead_id = accounts.lead_id
        and {{ holds_on('accounts', 'days.score_date') }}
    inner join {{ ref('int_lead_accounts') }} as others
        on accounts.account_id = others.account_id
        and {{ holds_on('others', 'days.score_date') }}
    inner join {{ ref('int_person_event_days') }} as event_days
        on others.lead_id = event_days.lead_id
        and measures.event_key = event_days.event_key
        and days.score_date >= event_days.event_date
        and coalesce({{ days_between('event_days.event_date', 'days.score_date') }} < measures.window_days, true)
    group by days.lead_id, days.score_date, measures.measure
)

select
    days.lead_id, days.score_date,
    measures.measure as attribute,
    cast(coalesce(active.lead_count, 0) as string) as value
from (select distinct lead_id, score_date from {{ ref('int_days_to_score') }}) as days
cross join measures
left join active
    on days.lead_id = active.lead_id
    and days.score_date = active.score_date
    and measures.measure = active.measure
