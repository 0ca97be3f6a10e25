{#
    Grain: one row per observation, model and inactivity rule that fired. Silence counts from the last
    event of the key, else from the lead's creation; for a rule that requires another key, from the first
    day of that key after the last event.
#}
with

observations as (

    select * from {{ ref('int_score_observations') }}

),

event_days as (

    select * from {{ ref('int_person_event_days') }}

),

rules as (

    select * from {{ ref('int_inactivity_rules') }}

),

observed_rules as (

    select
        observations.lead_id,
        observations.created_date,
        observations.score_date,
        rules.score_model,
        rules.score_group,
        rules.rule_id,
        rules.reason,
        rules.points,
        rules.silent_days,
        rules.event_key,
        rules.requires_event_key

    from observations

    inner join rules
        on observations.score_model = rules.score_model
        and observations.lead_region = rules.lead_region
        and observations.score_date >= rules.valid_from_date
        and observations.score_date <= rules.valid_to_date

),

key_dates as (

    {# The last event of each key that a rule looks at, once for all rules that do. #}
    select
        asked.lead_id,
        asked.score_date,
        asked.event_key,
        max(event_days.event_date) as last_event_date

    from (
        select distinct
            lead_id,
            score_date,
            event_key
        from observed_rules
    ) as asked

    inner join event_days
        on asked.lead_id = event_days.lead_id
        and asked.event_key = event_days.event_key
        and asked.score_date >= event_days.event_date

    group by
        asked.lead_id,
        asked.score_date,
        asked.event_key

),

last_events as (

    select
        observed_rules.*,
        key_dates.last_event_date

    from observed_rules

    left join key_dates
        on observed_rules.lead_id = key_dates.lead_id
        and observed_rules.score_date = key_dates.score_date
        and observed_rules.event_key = key_dates.event_key

),

broken_silences as (

    select
        last_events.lead_id,
        last_events.score_date,
        last_events.score_model,
        last_events.rule_id,
        min(event_days.event_date) as required_event_date

    from last_events

    inner join event_days
        on last_events.lead_id = event_days.lead_id
        and last_events.requires_event_key = event_days.event_key
        and last_events.score_date >= event_days.event_date
        and (
            last_events.last_event_date is null
            or last_events.last_event_date < event_days.event_date
        )

    group by
        last_events.lead_id,
        last_events.score_date,
        last_events.score_model,
        last_events.rule_id

),

silences as (

    select
        last_events.*,
        case
            when last_events.requires_event_key is not null
                then broken_silences.required_event_date
            else coalesce(last_events.last_event_date, last_events.created_date)
        end as silent_since_date

    from last_events

    left join broken_silences
        on last_events.lead_id = broken_silences.lead_id
        and last_events.score_date = broken_silences.score_date
        and last_events.score_model = broken_silences.score_model
        and last_events.rule_id = broken_silences.rule_id

),

final as (

    select
        lead_id,
        score_date,
        score_model,
        score_group,
        rule_id,
        coalesce(reason, rule_id) as reason,
        'points' as effect,
        points,
        cast(1 as decimal(20, 8)) as units,
        cast(1 as bigint) as occurrences,
        last_event_date

    from silences

    where {{ days_between('silent_since_date', 'score_date') }} >= silent_days

)

select * from final
