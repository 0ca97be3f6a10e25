{#
    Grain: one row per observation and inactivity rule that fired. Silence counts from the last event of the key, else from
    the lead's creation; for a rule that requires another key, from the first day of that key after the last event.
#}
with
rule_pauses as (
    select
        leads.lead_id, leads.score_model, leads.lead_region, leads.created_date,
        rules.rule_number, rules.points, rules.silent_days, rules.requires_event_key,
        rules.valid_from_date, rules.valid_to_date,
        pauses.last_event_date, pauses.next_event_date
    from (
        select distinct lead_id, score_model, lead_region, created_date from {{ ref('int_score_spans') }}
    ) as leads
    inner join {{ ref('int_rules') }} as rules
        on leads.score_model = rules.score_model
        and leads.lead_region = rules.lead_region
        and rules.kind = 'inactivity'
    inner join {{ ref('int_pauses') }} as pauses
        on leads.lead_id = pauses.lead_id
        and rules.event_key = pauses.event_key
    where coalesce({{ days_between('pauses.last_event_date', 'pauses.next_event_date') }} > rules.silent_days, true)
),

required as (
    select
        rule_pauses.lead_id, rule_pauses.rule_number, rule_pauses.next_event_date,
        min(event_days.event_date) as event_date
    from rule_pauses
    inner join {{ ref('int_person_event_days') }} as event_days
        on rule_pauses.lead_id = event_days.lead_id
        and rule_pauses.requires_event_key = event_days.event_key
        and rule_pauses.next_event_date > event_days.event_date
        and coalesce(rule_pauses.last_event_date < event_days.event_date, true)
    group by rule_pauses.lead_id, rule_pauses.rule_number, rule_pauses.next_event_date
),

silences as (
    select
        rule_pauses.*,
        {{ days_after(
            'coalesce(required.event_date, rule_pauses.last_event_date, rule_pauses.created_date)', 'rule_pauses.silent_days'
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
    days.observation_id, silences.rule_number, silences.points,
    cast(1 as decimal(20, 8)) as units,
    cast(1 as bigint) as occurrences,
    silences.last_event_date
from {{ ref('int_days_to_score') }} as days
inner join silences
    on days.lead_id = silences.lead_id
    and days.score_model = silences.score_model
    and days.lead_region = silences.lead_region
    and days.score_date between silences.valid_from_date and silences.valid_to_date
    and days.score_date >= silences.fires_from_date
    and days.score_date < silences.next_event_date
