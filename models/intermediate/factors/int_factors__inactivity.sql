{#
    Grain: one row per observation and inactivity rule that fired. Silence counts from the last
    event of the key, else from the lead's creation; for a rule that requires another key, from the first
    day of that key after the last event.
#}
{%- set never = "cast('9999-12-31' as date)" %}
with

asked as (

    select distinct event_key from {{ ref('int_inactivity_rules') }}

),

leads as (

    select
        lead_id,
        lead_region,
        score_model,
        created_date,
        min(score_date) as first_score_date

    from {{ ref('int_score_observations') }}

    group by
        lead_id,
        lead_region,
        score_model,
        created_date

),

scored_leads as (

    select
        lead_id,
        min(first_score_date) as first_score_date

    from leads

    group by lead_id

),

last_days as (

    {# Of the events before the first scored day only the last counts. #}
    select
        days.lead_id,
        days.event_key,
        max(days.event_date) as event_date

    from {{ ref('int_person_event_days') }} as days

    inner join scored_leads
        on days.lead_id = scored_leads.lead_id
        and days.event_date < scored_leads.first_score_date

    where days.event_key in (select asked.event_key from asked)

    group by
        days.lead_id,
        days.event_key

),

pause_starts as (

    {# The first pause has no event before it where none was. #}
    select
        scored_leads.lead_id,
        asked.event_key,
        last_days.event_date

    from scored_leads

    cross join asked

    left join last_days
        on scored_leads.lead_id = last_days.lead_id
        and asked.event_key = last_days.event_key

    union all

    select
        days.lead_id,
        days.event_key,
        days.event_date

    from {{ ref('int_person_event_days') }} as days

    inner join scored_leads
        on days.lead_id = scored_leads.lead_id
        and days.event_date >= scored_leads.first_score_date

    where days.event_key in (select asked.event_key from asked)

),

pauses as (

    {# From each event of a key to the next; the last pause goes on. #}
    select
        lead_id,
        event_key,
        event_date as last_event_date,
        lead(event_date, 1, {{ never }}) over (
            partition by lead_id, event_key order by event_date asc nulls first
        ) as next_event_date

    from pause_starts

),

rule_pauses as (

    select
        leads.lead_id,
        leads.lead_region,
        leads.score_model,
        leads.created_date,
        rules.rule_number,
        rules.points,
        rules.silent_days,
        rules.requires_event_key,
        rules.valid_from_date,
        rules.valid_to_date,
        pauses.last_event_date,
        pauses.next_event_date

    from leads

    inner join {{ ref('int_inactivity_rules') }} as rules
        on leads.score_model = rules.score_model
        and leads.lead_region = rules.lead_region

    left join pauses
        on leads.lead_id = pauses.lead_id
        and rules.event_key = pauses.event_key

    where
        pauses.last_event_date is null
        or {{ days_between('pauses.last_event_date', 'pauses.next_event_date') }} > rules.silent_days

),

required as (

    select
        rule_pauses.lead_id,
        rule_pauses.rule_number,
        rule_pauses.next_event_date,
        min(days.event_date) as event_date

    from rule_pauses

    inner join {{ ref('int_person_event_days') }} as days
        on rule_pauses.lead_id = days.lead_id
        and rule_pauses.requires_event_key = days.event_key
        and rule_pauses.next_event_date > days.event_date
        and coalesce(rule_pauses.last_event_date, cast('0001-01-01' as date)) < days.event_date

    group by
        rule_pauses.lead_id,
        rule_pauses.rule_number,
        rule_pauses.next_event_date

),

silences as (

    select
        rule_pauses.*,
        {{ days_after(
            'coalesce(required.event_date, rule_pauses.last_event_date, rule_pauses.created_date)',
            'rule_pauses.silent_days'
        ) }} as fires_from_date

    from rule_pauses

    left join required
        on rule_pauses.lead_id = required.lead_id
        and rule_pauses.rule_number = required.rule_number
        and rule_pauses.next_event_date = required.next_event_date

    where
        rule_pauses.requires_event_key is null
        or required.event_date is not null

)

select
    observations.observation_id,
    silences.rule_number,
    silences.points,
    cast(1 as decimal(20, 8)) as units,
    cast(1 as bigint) as occurrences,
    silences.last_event_date

from {{ ref('int_score_observations') }} as observations

inner join silences
    on observations.lead_id = silences.lead_id
    and observations.score_model = silences.score_model
    and observations.lead_region = silences.lead_region
    and observations.created_date = silences.created_date
    and observations.score_date >= silences.valid_from_date
    and observations.score_date <= silences.valid_to_date
    and observations.score_date >= silences.fires_from_date
    and observations.score_date < silences.next_event_date
