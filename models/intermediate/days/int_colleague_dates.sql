{#
    Grain: one row per surviving lead, measure of its account that a rule asks for, and day on which it can change: a lead
    of the account has such an event, the event leaves the window, or one of the two joins or leaves the account.
#}
with
measures as (
    select * from {{ ref('event_measures') }}
    where statistic = 'account_leads'
        and measure in (select asked.attribute from {{ ref('int_model_attributes') }} as asked)
),

colleagues as (
    select distinct
        accounts.lead_id,
        others.lead_id as colleague_lead_id,
        greatest(accounts.valid_from_date, others.valid_from_date) as joined_date,
        least(accounts.valid_until_date, others.valid_until_date) as left_date
    from {{ ref('int_lead_accounts') }} as accounts
    inner join {{ ref('int_lead_accounts') }} as others
        on accounts.account_id = others.account_id
        and accounts.valid_from_date < others.valid_until_date
        and accounts.valid_until_date > others.valid_from_date
    where exists (select 1 from measures)
),

counted as (
    select colleagues.*, measures.measure, measures.window_days, event_days.event_date
    from colleagues
    inner join {{ ref('int_person_event_days') }} as event_days
        on colleagues.colleague_lead_id = event_days.lead_id
    inner join measures
        on event_days.event_key = measures.event_key
)

select lead_id, measure, greatest(event_date, joined_date) as change_date from counted

union

select lead_id, measure, {{ days_after('event_date', 'window_days') }} as change_date from counted
where window_days is not null

union

select lead_id, measure, left_date as change_date from counted
where left_date < cast('9999-12-31' as date)
