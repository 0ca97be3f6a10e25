{# Grain: one row per persona, event key and day; an engagement counts under any_engagement too. #}
with
dated as (
    {# A persona that stands for several models has its events once for each. #}
    select distinct
        golden_leads.lead_id, golden_leads.event_key,
        {{ days_after('clock.clock_date', '-golden_leads.days_before') }} as event_date,
        golden_leads.occurrences
    from {{ ref('stg_points__golden_leads') }} as golden_leads
    cross join {{ ref('int_clock') }} as clock
    where golden_leads.event_key is not null
),

keyed as (
    select * from dated

    union all

    select lead_id, 'any_engagement' as event_key, event_date, occurrences
    from dated
    where
        event_key in (
            select event_keys.event_key from {{ ref('int_event_keys') }} as event_keys
            where event_keys.is_engagement
        )
)

select
    lead_id, event_key, event_date,
    sum(occurrences) as event_count,
    cast(0 as decimal(18, 3)) as duration_seconds,
    cast(event_date as timestamp) as first_occurred_at
from keyed
group by lead_id, event_key, event_date
