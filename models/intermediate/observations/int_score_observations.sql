{#
    Grain: one row per surviving lead and live model that are due, and date at which the lead is scored: the
    days of its history, those on which the models are measured, and today, which is the clock or the last
    day before the lead was deleted. A lead is scored from the day of its creation on, until the day it is
    deleted.
#}
{%- set causes = [
    'creation', 'new model', 'event', 'attribute', 'silence', 'rule began or ended', 'event left its window', 'decay'
] %}
with

history_dates as (

    {# Between these days a score only falls, so the first day over a threshold is exact. #}
    select * from {{ ref('int_history_dates__events') }}
    union all
    select * from {{ ref('int_history_dates__leads') }}

),

golden_leads as (

    {# Personas are scored at the clock, beside the leads: neither current nor history. #}
    select distinct
        golden_leads.lead_id,
        golden_leads.lead_region,
        clock.clock_date

    from {{ ref('int_golden_attributes') }} as golden_leads

    cross join {{ ref('int_clock') }} as clock

    where clock.clock_date is not null

),

pairs as (

    {# A number for lead and model with room for 131,072 days behind it, from 1900 to past 2200; up to 16,383 models. #}
    select
        leads.lead_id,
        live_models.score_model,
        live_models.live_from_date,
        (
            16384 * cast(dense_rank() over (order by leads.lead_id) as bigint)
            + dense_rank() over (order by live_models.score_model)
        ) * 131072 as pair_id

    from (
        select lead_id from {{ ref('int_due_leads') }}
        union
        select lead_id from golden_leads
    ) as leads

    cross join {{ ref('int_live_models') }} as live_models

),

due as (

    select
        pairs.*,
        due_leads.history_from_date

    from pairs

    inner join {{ ref('int_due_leads') }} as due_leads
        on pairs.lead_id = due_leads.lead_id
        and pairs.score_model = due_leads.score_model

),

alive as (

    select
        due.pair_id,
        due.lead_id,
        due.score_model,
        due.live_from_date,
        cast(profiles.created_at as date) as created_date,
        coalesce(profiles.region, '(none)') as lead_region,
        profiles.valid_from_date,
        least({{ days_after('profiles.valid_until_date', -1) }}, clock.clock_date) as valid_to_date,
        row_number() over (partition by due.pair_id order by profiles.valid_from_date desc) as recency

    from due

    inner join {{ ref('int_lead_profiles') }} as profiles
        on due.lead_id = profiles.lead_id

    cross join {{ ref('int_clock') }} as clock

    where
        not profiles.is_deleted
        and profiles.valid_from_date <= clock.clock_date

),

dates as (

    select
        pair_id,
        valid_to_date as score_date,
        1 as is_current,
        0 as is_measured,
        cast(null as int) as cause_number

    from alive

    where
        recency = 1
        and valid_to_date >= live_from_date

    union all

    select
        due.pair_id,
        history_dates.score_date,
        0 as is_current,
        0 as is_measured,
        case history_dates.cause
            {%- for cause in causes %}
                when '{{ cause }}' then {{ loop.index }}
            {%- endfor %}
        end as cause_number

    from history_dates

    inner join due
        on history_dates.lead_id = due.lead_id
        and history_dates.score_model = due.score_model
        and history_dates.score_date >= due.history_from_date
        and history_dates.score_date >= due.live_from_date

    union all

    {# A model is measured on days before it went live, too. #}
    select
        due.pair_id,
        evaluation_dates.score_date,
        0 as is_current,
        1 as is_measured,
        cast(null as int) as cause_number

    from {{ ref('int_evaluation_dates') }} as evaluation_dates

    inner join due
        on evaluation_dates.lead_id = due.lead_id
        and evaluation_dates.score_date >= due.history_from_date

),

observations as (

    select
        pair_id,
        score_date,
        max(is_current) = 1 as is_current,
        max(is_measured) = 1 as is_measured,
        min(cause_number) as cause_number

    from dates

    group by
        pair_id,
        score_date

)

select
    observations.pair_id
    + {{ days_between("cast('1900-01-01' as date)", 'observations.score_date') }} as observation_id,
    alive.lead_id,
    alive.score_model,
    observations.score_date,
    alive.created_date,
    alive.lead_region,
    observations.is_current,
    observations.is_measured,
    {# NULL for a day that is scored as today or to measure the models only: no part of the history. #}
    case observations.cause_number
        {%- for cause in causes %}
            when {{ loop.index }} then '{{ cause }}'
        {%- endfor %}
    end as cause

from observations

inner join alive
    on observations.pair_id = alive.pair_id
    and observations.score_date >= alive.valid_from_date
    and observations.score_date <= alive.valid_to_date

union all

select
    pairs.pair_id
    + {{ days_between("cast('1900-01-01' as date)", 'golden_leads.clock_date') }} as observation_id,
    golden_leads.lead_id,
    pairs.score_model,
    golden_leads.clock_date as score_date,
    golden_leads.clock_date as created_date,
    golden_leads.lead_region,
    false as is_current,
    false as is_measured,
    cast(null as string) as cause

from golden_leads

inner join pairs
    on golden_leads.lead_id = pairs.lead_id
