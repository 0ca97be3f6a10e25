{#
    Grain: one row per surviving lead, score date and attribute that depends on the date, as text ('' where missing):
    measures of its events or of those of its account's leads, tenure_days, first_event_key.
#}
with
days as (
    select distinct lead_id, score_date, created_date from {{ ref('int_days_to_score') }}
),

asked as (
    select distinct asked.attribute, measures.*
    from {{ ref('int_model_attributes') }} as asked
    left join {{ ref('event_measures') }} as measures
        on asked.attribute = measures.measure
    where measures.measure is not null or asked.attribute in ('tenure_days', 'first_event_key')
),

measured as (
    select
        days.lead_id, days.score_date, measures.measure,
        case measures.statistic
            when 'count' then cast(sum(events.event_count) as string)
            when 'days' then cast(count(*) as string)
            when 'most_per_minute' then cast(max(events.most_per_minute) as string)
            when 'seconds' then {{ number_text('sum(events.duration_seconds)') }}
            when 'ratio' then {{ number_text("cast(
                sum(case when measures.is_counted then events.event_count else 0 end)
                / cast(nullif(sum(case when not measures.is_counted then events.event_count end), 0) as double)
            as decimal(38, 12))") }}
        end as value
    from days
    inner join {{ ref('int_person_event_days') }} as events
        on days.lead_id = events.lead_id
        and days.score_date >= events.event_date
    inner join (
        select *, event_key as read_event_key, true as is_counted from asked
        where statistic <> 'account_leads'
        union all
        select *, per_event_key as read_event_key, false as is_counted from asked
        where statistic = 'ratio'
    ) as measures
        on events.event_key = measures.read_event_key
        and coalesce({{ days_between('events.event_date', 'days.score_date') }} < measures.window_days, true)
    group by days.lead_id, days.score_date, measures.measure, measures.statistic

    union all

    select
        days.lead_id, days.score_date, measures.measure,
        cast(count(distinct colleagues.colleague_lead_id) as string) as value
    from days
    inner join {{ ref('int_colleagues') }} as colleagues
        on days.lead_id = colleagues.lead_id and {{ holds_on('colleagues', 'days.score_date') }}
    inner join {{ ref('int_person_event_days') }} as events
        on colleagues.colleague_lead_id = events.lead_id
        and days.score_date >= events.event_date
    inner join asked as measures
        on events.event_key = measures.event_key
        and measures.statistic = 'account_leads'
        and coalesce({{ days_between('events.event_date', 'days.score_date') }} < measures.window_days, true)
    group by days.lead_id, days.score_date, measures.measure
)

select
    days.lead_id, days.score_date, asked.attribute,
    case asked.attribute
        when 'tenure_days' then cast({{ days_between('days.created_date', 'days.score_date') }} as string)
        when 'first_event_key' then coalesce(first_events.event_key, '')
        else coalesce(measured.value, case asked.statistic when 'ratio' then '' else '0' end)
    end as value
from days
cross join asked
left join measured
    on days.lead_id = measured.lead_id and days.score_date = measured.score_date and asked.measure = measured.measure
left join {{ ref('int_first_events') }} as first_events
    on days.lead_id = first_events.lead_id and days.score_date >= first_events.event_date
