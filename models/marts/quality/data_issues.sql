{#
    Grain: one row per fault of the landed data and record that has it. The records are kept and counted;
    nothing was changed.
#}
with

leads as (

    select * from {{ ref('int_lead_versions') }}
    where is_current

),

landed_leads as (

    select lead_id from {{ ref('stg_raw__leads') }}

),

payments as (

    select * from {{ ref('int_current_payments') }}

),

feedback as (

    select * from {{ ref('int_current_feedback') }}

),

records as (

    select
        'opportunities' as entity,
        opportunity_id as record_id,
        lead_id,
        'opportunities of an unknown lead' as unknown_issue,
        'win dated after it was landed' as later_issue,
        'closed_at' as column_name,
        case when is_won then closed_at end as happened_at,
        landed_at
    from {{ ref('int_current_opportunities') }}

    union all

    select
        'payments' as entity,
        payment_id as record_id,
        lead_id,
        'payments of an unknown lead' as unknown_issue,
        'payment dated after it was landed' as later_issue,
        'paid_at' as column_name,
        paid_at as happened_at,
        landed_at
    from payments

    union all

    select
        'lead_feedback' as entity,
        feedback_id as record_id,
        lead_id,
        'feedback of an unknown lead' as unknown_issue,
        'feedback dated after it was landed' as later_issue,
        'given_at' as column_name,
        given_at as happened_at,
        landed_at
    from feedback

)

select
    'customer before lead' as issue,
    'leads' as entity,
    lead_id as record_id,
    'won on ' || cast(cast(customer_at as date) as string) || ', came in on '
    || cast(cast(lead_at as date) as string) as detail

from {{ ref('lead_lifecycle') }}

where customer_at < lead_at

union all

select
    'opportunity before lead' as issue,
    'leads' as entity,
    lead_id as record_id,
    'opened on ' || cast(cast(opportunity_at as date) as string)
    || ', came in on ' || cast(cast(lead_at as date) as string) as detail

from {{ ref('lead_lifecycle') }}

where opportunity_at < lead_at

union all

select
    'merge that leads nowhere' as issue,
    'leads' as entity,
    leads.lead_id as record_id,
    'merged into ' || leads.merged_into_lead_id
    || ', which is unknown or leads back; not followed' as detail

from leads

left join {{ ref('int_lead_merges') }} as lead_merges
    on leads.lead_id = lead_merges.lead_id
    and lead_merges.lead_id <> lead_merges.end_lead_id

where
    leads.merged_into_lead_id is not null
    and lead_merges.lead_id is null

union all

select distinct
    'events of an unknown lead' as issue,
    'lead_events' as entity,
    event_days.lead_id as record_id,
    'no such lead was landed' as detail

from {{ ref('int_event_days') }} as event_days

left join landed_leads
    on event_days.lead_id = landed_leads.lead_id

where
    landed_leads.lead_id is null
    and event_days.event_key is not null

union all

select
    'won without a day' as issue,
    'opportunities' as entity,
    opportunity_id as record_id,
    'has is_won, but neither closed_at nor updated_at; counts as open' as detail

from {{ ref('int_current_opportunities') }}

where
    is_won
    and closed_at is null

union all

select
    'closed without a result' as issue,
    'opportunities' as entity,
    opportunity_id as record_id,
    'has closed_at, but no is_won; counts as open' as detail

from {{ ref('int_current_opportunities') }}

where
    closed_at is not null
    and is_won is null

union all

select
    records.later_issue as issue,
    records.entity,
    records.record_id,
    records.column_name || ' is ' || cast(cast(records.happened_at as date) as string)
    || '; waits until rows are landed on that day' as detail

from records

cross join {{ ref('int_clock') }} as clock

where
    cast(records.happened_at as date) > cast(records.landed_at as date)
    and cast(records.happened_at as date) > clock.facts_until_date

union all

select distinct
    records.unknown_issue as issue,
    records.entity,
    records.lead_id as record_id,
    'no such lead was landed' as detail

from records

left join landed_leads
    on records.lead_id = landed_leads.lead_id

where
    records.lead_id is not null
    and landed_leads.lead_id is null
