{#
    Grain: one row per surviving lead, score date and measure made of its events that rules ask for, as text; '' for a ratio
    without events.
#}
with
measures as (
    select * from {{ ref('event_measures') }}
    where
        statistic <> 'account_leads'
        and measure in (select asked.attribute from {{ ref('int_model_attributes') }} as asked)
),

in_window as (
    select
        days.lead_id, days.score_date, measures.measure,
        sum(case when measures.is_counted then event_days.event_count end) as event_count,
        count(case when measures.is_counted then 1 end) as day_count,
        sum(case when measures.is_counted then event_days.duration_seconds end) as duration_seconds,
        sum(case when not measures.is_counted then event_days.event_count end) as per_event_count,
        max(event_days.most_per_minute) as most_per_minute
    from (select distinct lead_id, score_date from {{ ref('int_days_to_score') }}) as days
    inner join {{ ref('int_person_event_days') }} as event_days
        on days.lead_id = event_days.lead_id
        and days.score_date >= event_days.event_date
    inner join (
        select measure, window_days, event_key, true as is_counted from measures
        union
        select measure, window_days, per_event_key as event_key, false as is_counted from measures
        where per_event_key <> event_key
    ) as measures
        on event_days.event_key = measures.event_key
        and coalesce({{ days_between('event_days.event_date', 'days.score_date') }} < measures.window_days, true)
    group by days.lead_id, days.score_date, measures.measure
)

select
    days.lead_id, days.score_date,
    measures.measure as attribute,
    coalesce(case measures.statistic
        when 'count' then cast(coalesce(in_window.event_count, 0) as string)
        when 'days' then cast(coalesce(in_window.day_count, 0) as string)
        when 'most_per_minute' then cast(coalesce(in_window.most_per_minute, 0) as string)
        when 'seconds' then {{ number_text('coalesce(in_window.duration_seconds, 0)') }}
        when 'ratio'
            then case when in_window.per_event_count > 0 then {{ number_text(
                'cast(coalesce(in_window.event_count, 0) / cast(in_window.per_event_count as double) as decimal(38, 12))'
            ) }} end
    end, '') as value
from (select distinct lead_id, score_date from {{ ref('int_days_to_score') }}) as days
cross join measures
left join in_window
    on days.lead_id = in_window.lead_id
    and days.score_date = in_window.score_date
    and measures.measure = in_window.measure
