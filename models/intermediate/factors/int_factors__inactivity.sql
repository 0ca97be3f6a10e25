{#
    Grain: one row per observation and inactivity rule that fired. Silence counts from the last
    event of the key, else from the lead's creation; for a rule that requires another key, from the first
    day of that key after the last event.
#}
{%- set ever = "cast('0001-01-01' as date)" %}
{%- set never = "cast('9999-12-31' as date)" %}
with

observations as (

    select * from {{ ref('int_score_observations') }}

),

rules as (

    select * from {{ ref('int_inactivity_rules') }}

),

event_days as (

    select
        days.lead_id,
        days.event_key,
        days.event_date

    from {{ ref('int_person_event_days') }} as days

    inner join (
        select event_key from rules
        union
        select requires_event_key from rules
    ) as asked
        on days.event_key = asked.event_key

),

pauses as (

    {# From each event of a key to the next; the last pause goes on. #}
    select
        *,
        lag(event_date, 1, {{ ever }}) over (
            partition by lead_id, event_key order by event_date
        ) as previous_event_date,
        lead(event_date, 1, {{ never }}) over (
            partition by lead_id, event_key order by event_date
        ) as next_event_date

    from event_days

),

lead_rules as (

    select
        leads.lead_id,
        leads.created_date,
        rules.*

    from (
        select distinct
            lead_id,
            lead_region,
            score_model,
            created_date
        from {{ ref('int_score_observations') }}
    ) as leads

    inner join rules
        on leads.score_model = rules.score_model
        and leads.lead_region = rules.lead_region

),

rule_pauses as (

    select
        lead_rules.*,
        pauses.event_date as last_event_date,
        pauses.next_event_date

    from lead_rules

    inner join pauses
        on lead_rules.lead_id = pauses.lead_id
        and lead_rules.event_key = pauses.event_key
        and {{ days_between('pauses.event_date', 'pauses.next_event_date') }} > lead_rules.silent_days

    union all

    {# Before the first event, if there is any. #}
    select
        lead_rules.*,
        cast(null as date) as last_event_date,
        coalesce(first_pauses.event_date, {{ never }}) as next_event_date

    from lead_rules

    left join pauses as first_pauses
        on lead_rules.lead_id = first_pauses.lead_id
        and lead_rules.event_key = first_pauses.event_key
        and first_pauses.previous_event_date = {{ ever }}

),

silences as (

    select
        *,
        {{ days_after('coalesce(last_event_date, created_date)', 'silent_days') }} as fires_from_date

    from rule_pauses

    where requires_event_key is null

    union all

    select
        rule_pauses.*,
        {{ days_after('required.event_date', 'rule_pauses.silent_days') }} as fires_from_date

    from rule_pauses

    inner join pauses as required
        on rule_pauses.lead_id = required.lead_id
        and rule_pauses.requires_event_key = required.event_key
        and rule_pauses.next_event_date > required.event_date
        and coalesce(rule_pauses.last_event_date, {{ ever }}) < required.event_date
        and coalesce(rule_pauses.last_event_date, {{ ever }}) >= required.previous_event_date

),

final as (

    select
        observations.observation_id,
        silences.rule_number,
        silences.points,
        cast(1 as decimal(20, 8)) as units,
        cast(1 as bigint) as occurrences,
        silences.last_event_date

    from observations

    inner join silences
        on observations.lead_id = silences.lead_id
        and observations.score_model = silences.score_model
        and observations.lead_region = silences.lead_region
        and observations.created_date = silences.created_date
        and observations.score_date >= silences.valid_from_date
        and observations.score_date <= silences.valid_to_date
        and observations.score_date >= silences.fires_from_date
        and observations.score_date < silences.next_event_date

)

select * from final
