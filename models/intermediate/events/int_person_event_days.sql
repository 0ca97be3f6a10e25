{#
    Grain: one row per surviving lead that is due, or persona, event key that is asked for and day, sequences
    included. Days too old to matter on the first day that is scored are left out.
#}
{%- set landed_days -%}
    {# Not a CTE: one that is read more than once is kept in memory. #}
    select
        members.surviving_lead_id as lead_id,
        event_days.event_key,
        event_days.event_date,
        event_days.event_count,
        event_days.duration_seconds,
        event_days.first_occurred_at

    from {{ ref('int_lead_event_days') }} as event_days

    inner join {{ ref('int_due_members') }} as members
        on event_days.lead_id = members.lead_id

    inner join {{ ref('int_event_horizons') }} as horizons
        on event_days.event_key = horizons.event_key
        and {{ is_young_enough('event_days.event_date') }}
{%- endset %}
with

to_add_up as (

    {# Of people who are several leads. #}
    {{ landed_days }}

    where members.person_lead_count > 1

    union all

    select
        members.surviving_lead_id as lead_id,
        crm_days.event_key,
        crm_days.event_date,
        crm_days.event_count,
        crm_days.duration_seconds,
        crm_days.first_occurred_at

    from {{ ref('int_crm_event_days') }} as crm_days

    inner join {{ ref('int_due_members') }} as members
        on crm_days.lead_id = members.lead_id

    inner join {{ ref('int_event_horizons') }} as horizons
        on crm_days.event_key = horizons.event_key
        and {{ is_young_enough('crm_days.event_date') }}

    union all

    select
        lead_id,
        event_key,
        event_date,
        event_count,
        duration_seconds,
        first_occurred_at
    from {{ ref('int_sequence_event_days') }}

    union all

    select
        lead_id,
        event_key,
        event_date,
        event_count,
        duration_seconds,
        first_occurred_at
    from {{ ref('int_golden_event_days') }}

),

added_up as (

    select
        lead_id,
        event_key,
        event_date,
        sum(event_count) as event_count,
        sum(duration_seconds) as duration_seconds,
        min(first_occurred_at) as first_occurred_at

    from to_add_up

    group by
        lead_id,
        event_key,
        event_date

),

of_one as (

    {# Most people are one lead: its landed days are added up already. #}
    {{ landed_days }}

    where members.person_lead_count = 1

)

select
    coalesce(of_one.lead_id, added_up.lead_id) as lead_id,
    coalesce(of_one.event_key, added_up.event_key) as event_key,
    coalesce(of_one.event_date, added_up.event_date) as event_date,
    cast(coalesce(of_one.event_count, 0) + coalesce(added_up.event_count, 0) as bigint) as event_count,
    cast(
        coalesce(of_one.duration_seconds, 0) + coalesce(added_up.duration_seconds, 0) as decimal(18, 3)
    ) as duration_seconds,
    least(of_one.first_occurred_at, added_up.first_occurred_at) as first_occurred_at

from of_one

full join added_up
    on of_one.lead_id = added_up.lead_id
    and of_one.event_key = added_up.event_key
    and of_one.event_date = added_up.event_date
