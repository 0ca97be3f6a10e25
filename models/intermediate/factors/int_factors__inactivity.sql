{#
    Grain: one row per observation and inactivity rule that fired. Silence counts from the last event of the key, else from
    the lead's creation; for a rule that requires another key, from the first day of that key after the last event.
#}
with

paused as (

    {# What is scored within a pause that is long enough, by the rules of its model. #}
    select
        days.observation_id,
        days.lead_id,
        days.score_date,
        rules.rule_number,
        rules.points,
        rules.silent_days,
        rules.requires_event_key,
        pauses.last_event_date,
        pauses.next_event_date
    from {{ ref('int_days_to_score') }} as days
    inner join {{ ref('int_rules') }} as rules
        on days.score_model = rules.score_model
        and days.lead_region = rules.lead_region
        and rules.kind = 'inactivity'
        and days.score_date between rules.valid_from_date and rules.valid_to_date
    inner join {{ ref('int_pauses') }} as pauses
        on days.lead_id = pauses.lead_id
        and rules.event_key = pauses.event_key
        and coalesce(days.score_date >= pauses.last_event_date, true)
        and days.score_date < pauses.next_event_date
    where
        rules.requires_event_key is not null
        or rules.silent_days
        <= {{ days_between('coalesce(pauses.last_event_date, days.created_date)', 'days.score_date') }}

),

required as (

    select
        paused.observation_id,
        paused.rule_number,
        min(event_days.event_date) as event_date
    from paused
    inner join {{ ref('int_person_event_days') }} as event_days
        on paused.lead_id = event_days.lead_id
        and paused.requires_event_key = event_days.event_key
        and paused.score_date >= event_days.event_date
        and coalesce(paused.last_event_date < event_days.event_date, true)
    group by paused.observation_id, paused.rule_number

)

select
    paused.observation_id,
    paused.rule_number,
    paused.points,
    cast(1 as decimal(20, 8)) as units,
    cast(1 as bigint) as occurrences,
    paused.last_event_date

from paused

left join required
    on paused.observation_id = required.observation_id
    and paused.rule_number = required.rule_number

where
    paused.requires_event_key is null
    or {{ days_between('required.event_date', 'paused.score_date') }} >= paused.silent_days
