{#
    Grain: one row per surviving lead, score date and attribute that depends on the date, as text (''
    where missing): measures, tenure_days, first_event_key.
#}
with

observations as (

    select distinct
        lead_id,
        score_date,
        created_date

    from {{ ref('int_score_observations') }}

),

used as (

    select distinct attribute from {{ ref('int_model_attributes') }}

)

select * from {{ ref('int_event_measures') }}

union all

select * from {{ ref('int_account_measures') }}

union all

select
    lead_id,
    score_date,
    'tenure_days' as attribute,
    cast({{ days_between('created_date', 'score_date') }} as string) as value

from observations

where 'tenure_days' in (select used.attribute from used)

union all

select
    observations.lead_id,
    observations.score_date,
    'first_event_key' as attribute,
    coalesce(first_events.event_key, '') as value

from observations

left join {{ ref('int_first_events') }} as first_events
    on observations.lead_id = first_events.lead_id
    and observations.score_date >= first_events.event_date

where 'first_event_key' in (select used.attribute from used)
