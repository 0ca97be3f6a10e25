{#
    Grain: one row per lead that is scored, neither deleted nor disqualified nor junk: where it stands at the clock, what it
    did last, and how often it was touched. One that an experiment holds out of ranking has neither band nor score here.
#}
with
asked as (
    select 'any_engagement' as event_key
    union
    select last_event_key as event_key from {{ ref('next_actions') }}
),

event_days as (
    select events.lead_id, events.event_key, max(events.event_date) as event_date
    from {{ ref('int_all_event_days') }} as events
    inner join asked on events.event_key = asked.event_key
    inner join {{ ref('int_clock') }} as clock
        on events.event_date <= clock.clock_date
    where events.follows_event_key is null
    group by events.lead_id, events.event_key
),

engagements as (
    select
        lead_id, engaged_on,
        {{ ordered_list('event_key', 'event_key', '|') }} as last_event_keys
    from (
        select
            *,
            max(case when event_key = 'any_engagement' then event_date end) over (partition by lead_id) as engaged_on
        from event_days
    ) as dated
    where event_date = engaged_on
    group by lead_id, engaged_on
)

select
    scores.lead_id,
    case
        when lifecycles.sales_reason = 'open opportunity' then 'opportunity'
        when lifecycles.sales_reason is not null then lifecycles.sales_reason
        when lifecycles.recycled_at is not null then 'recycled'
        {%- for stage in ['trial', 'sql', 'mql', 'iql'] %}
            when lifecycles.{{ stage }}_at is not null then '{{ stage }}'
        {%- endfor %}
        else 'lead'
    end as stage,
    case when held_out.lead_id is null then scores.band end as band,
    case when held_out.lead_id is null then scores.score end as score,
    case when held_out.lead_id is null then scores.next_action end as band_action,
    held_out.lead_id is not null as is_held_out,
    engagements.engaged_on,
    engagements.last_event_keys,
    {{ days_between('coalesce(engagements.engaged_on, cast(lifecycles.lead_at as date))', 'clock.clock_date') }}
        as silent_days,
    coalesce(touched.touches, 0) as touches
from {{ ref('int_current_scores') }} as scores
cross join {{ ref('int_clock') }} as clock
inner join {{ ref('int_lead_models') }} as lead_models
    on scores.lead_id = lead_models.lead_id
    and scores.score_model = lead_models.score_model
inner join {{ ref('int_lifecycles') }} as lifecycles
    on scores.lead_id = lifecycles.lead_id
left join engagements
    on scores.lead_id = engagements.lead_id
left join (
    {# With the day after the clock, on which the next may follow, they make seven days. #}
    select touches.lead_id, count(*) as touches
    from {{ ref('int_kpi_events') }} as touches
    inner join {{ ref('int_clock') }} as today
        on cast(touches.occurred_at as date) > {{ days_after('today.clock_date', -6) }}
    where touches.kpi_event in ('email_sent', 'contact', 'touch')
    group by touches.lead_id
) as touched
    on scores.lead_id = touched.lead_id
left join (
    select distinct lead_id from {{ ref('int_experiment_leads') }}
    where is_held_out
) as held_out
    on scores.lead_id = held_out.lead_id
where not (lifecycles.is_deleted or scores.is_disqualified or scores.is_junk)
