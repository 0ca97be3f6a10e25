{#
    Grain: one row per surviving lead, score date and measure made of its events, as text; '' for a ratio
    without events.
#}
with

observations as (

    select distinct
        lead_id,
        score_date

    from {{ ref('int_score_observations') }}

),

used as (

    select distinct attribute from {{ ref('int_model_attributes') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}
    where measure in (select used.attribute from used)

),

bursts as (

    select
        identities.surviving_lead_id as lead_id,
        landed.event_key,
        landed.event_date,
        max(landed.most_per_minute) as most_per_minute

    from {{ ref('int_event_bursts') }} as landed

    inner join {{ ref('int_lead_identities') }} as identities
        on landed.lead_id = identities.lead_id

    where landed.event_key in (
            select measures.event_key from measures
            where measures.statistic = 'most_per_minute'
        )

    group by
        identities.surviving_lead_id,
        landed.event_key,
        landed.event_date

),

measured_days as (

    select
        event_days.lead_id,
        event_days.event_date,
        event_days.event_count,
        event_days.duration_seconds,
        bursts.most_per_minute,
        measures.measure,
        measures.window_days,
        event_days.event_key = measures.event_key as is_counted

    from {{ ref('int_person_event_days') }} as event_days

    inner join (
        select
            measure,
            window_days,
            event_key,
            event_key as watched_key
        from measures
        union
        select
            measure,
            window_days,
            event_key,
            per_event_key as watched_key
        from measures
    ) as measures
        on event_days.event_key = measures.watched_key

    left join bursts
        on event_days.lead_id = bursts.lead_id
        and event_days.event_key = bursts.event_key
        and event_days.event_date = bursts.event_date

),

in_window as (

    select
        observations.lead_id,
        observations.score_date,
        measured_days.measure,
        sum(case when measured_days.is_counted then measured_days.event_count end) as event_count,
        count(case when measured_days.is_counted then 1 end) as day_count,
        sum(case when measured_days.is_counted then measured_days.duration_seconds end)
            as duration_seconds,
        sum(case when not measured_days.is_counted then measured_days.event_count end)
            as per_event_count,
        max(measured_days.most_per_minute) as most_per_minute

    from observations

    inner join measured_days
        on observations.lead_id = measured_days.lead_id
        and observations.score_date >= measured_days.event_date
        and (
            measured_days.window_days is null
            or {{ days_between('measured_days.event_date', 'observations.score_date') }}
            < measured_days.window_days
        )

    group by
        observations.lead_id,
        observations.score_date,
        measured_days.measure

),

measured as (

    select
        observations.lead_id,
        observations.score_date,
        measures.measure,
        measures.statistic,
        in_window.event_count,
        coalesce(in_window.day_count, 0) as day_count,
        in_window.duration_seconds,
        in_window.per_event_count,
        coalesce(in_window.most_per_minute, 0) as most_per_minute

    from observations

    cross join measures

    left join in_window
        on observations.lead_id = in_window.lead_id
        and observations.score_date = in_window.score_date
        and measures.measure = in_window.measure

    where measures.statistic <> 'account_leads'

)

select
    lead_id,
    score_date,
    measure as attribute,
    coalesce(case statistic
        when 'count' then cast(coalesce(event_count, 0) as string)
        when 'days' then cast(day_count as string)
        when 'most_per_minute' then cast(most_per_minute as string)
        when 'seconds' then {{ number_text('coalesce(duration_seconds, 0)') }}
        when 'ratio'
            then case when per_event_count > 0 then {{ number_text(
                'cast(coalesce(event_count, 0) / cast(per_event_count as double) as decimal(38, 12))'
            ) }} end
    end, '') as value

from measured
