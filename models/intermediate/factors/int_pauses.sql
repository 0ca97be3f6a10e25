{#
    Grain: one row per surviving lead or persona, event key whose silence a rule asks for, and pause between two of its
    events, of those that reach the lead's first scored day: from the day of an event (NULL: there was none before) up to
    that of the next (9999-12-31: it goes on).
#}
with
asked as (
    select event_key, min(silent_days) as silent_days from {{ ref('int_rules') }}
    where kind = 'inactivity'
    group by event_key
),

scored_leads as (
    select lead_id, min(score_date) as first_score_date from {{ ref('int_days_to_score') }}
    group by lead_id
),

starts as (
    {# Of the events before the first scored day only the last counts; where none was, a pause begins with none. #}
    select scored_leads.lead_id, asked.event_key, max(days.event_date) as event_date
    from scored_leads
    cross join asked
    left join {{ ref('int_person_event_days') }} as days
        on scored_leads.lead_id = days.lead_id
        and asked.event_key = days.event_key
        and scored_leads.first_score_date > days.event_date
    group by scored_leads.lead_id, asked.event_key

    union all

    select days.lead_id, days.event_key, days.event_date
    from {{ ref('int_person_event_days') }} as days
    inner join scored_leads
        on days.lead_id = scored_leads.lead_id
        and days.event_date >= scored_leads.first_score_date
    where days.event_key in (select asked.event_key from asked)
),

pauses as (
    select
        lead_id, event_key,
        event_date as last_event_date,
        lead(event_date, 1, cast('9999-12-31' as date)) over (
            partition by lead_id, event_key order by event_date asc nulls first
        ) as next_event_date
    from starts
)

select pauses.*
from pauses
inner join asked
    on pauses.event_key = asked.event_key
{# Shorter ones are no silence for any rule. #}
where coalesce({{ days_between('pauses.last_event_date', 'pauses.next_event_date') }} > asked.silent_days, true)
