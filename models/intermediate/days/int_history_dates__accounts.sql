{#
    Grain: one row per surviving lead, live model, day on which a measure of the lead's account can change, and cause: a lead
    of the account has such an event, the event leaves the window, or one of the two joins or leaves the account.
#}
{{ config(materialized='view') }}
with
counted as (
    select
        colleagues.lead_id, colleagues.valid_from_date, colleagues.valid_until_date,
        asked.score_model, measures.window_days, event_days.event_date
    from {{ ref('int_colleagues') }} as colleagues
    inner join {{ ref('int_person_event_days') }} as event_days
        on colleagues.colleague_lead_id = event_days.lead_id
    inner join {{ ref('event_measures') }} as measures
        on event_days.event_key = measures.event_key
        and measures.statistic = 'account_leads'
    inner join {{ ref('int_model_attributes') }} as asked
        on measures.measure = asked.attribute
)

select lead_id, score_model, greatest(event_date, valid_from_date) as score_date, '3 event' as cause from counted

union

select lead_id, score_model, {{ days_after('event_date', 'window_days') }} as score_date, '3 event' as cause
from counted
where window_days is not null

union

select lead_id, score_model, valid_until_date as score_date, '3 event' as cause from counted
where valid_until_date < cast('9999-12-31' as date)
