{#
    Grain: one row per landed lead whose surviving lead is due, with the first day at whose end that is scored in
    this build.
#}
with

last_days as (

    {# A lead that is deleted is scored on the day before. #}
    select
        lead_id,
        {{ days_after('max(valid_until_date)', -1) }} as last_date

    from {{ ref('int_lead_lives') }}

    group by lead_id

),

scored as (

    select
        due_leads.lead_id,
        least(
            min(due_leads.history_from_date), min(last_days.last_date), min(clock.clock_date)
        ) as scored_from_date

    from {{ ref('int_due_leads') }} as due_leads

    cross join {{ ref('int_clock') }} as clock

    left join last_days
        on due_leads.lead_id = last_days.lead_id

    group by due_leads.lead_id

)

select
    identities.lead_id,
    identities.surviving_lead_id,
    identities.person_lead_count,
    scored.scored_from_date

from {{ ref('int_lead_identities') }} as identities

inner join scored
    on identities.surviving_lead_id = scored.lead_id
