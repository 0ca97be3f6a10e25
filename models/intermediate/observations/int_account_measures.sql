{#
    Grain: one row per surviving lead, score date and measure of its account: how many of its leads have
    such an event.
#}
with

observations as (

    select distinct
        lead_id,
        score_date

    from {{ ref('int_score_observations') }}

),

event_days as (

    select * from {{ ref('int_person_event_days') }}

),

profiles as (

    select * from {{ ref('int_lead_profiles') }}

),

used as (

    select distinct attribute from {{ ref('int_model_attributes') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}
    where measure in (select used.attribute from used)

),

account_event_days as (

    select
        profiles.account_id,
        event_days.lead_id,
        event_days.event_key,
        event_days.event_date

    from event_days

    inner join profiles
        on event_days.lead_id = profiles.lead_id
        and event_days.event_date >= profiles.valid_from_date
        and event_days.event_date < profiles.valid_until_date

    where
        profiles.account_id is not null
        and exists (
            select 1 from measures
            where measures.statistic = 'account_leads'
        )

),

account_measured as (

    select
        observations.lead_id,
        observations.score_date,
        measures.measure,
        count(distinct account_event_days.lead_id) as lead_count

    from observations

    inner join measures
        on measures.statistic = 'account_leads'

    inner join profiles
        on observations.lead_id = profiles.lead_id
        and observations.score_date >= profiles.valid_from_date
        and observations.score_date < profiles.valid_until_date

    left join account_event_days
        on profiles.account_id = account_event_days.account_id
        and measures.event_key = account_event_days.event_key
        and observations.score_date >= account_event_days.event_date
        and (
            measures.window_days is null
            or {{ days_between('account_event_days.event_date', 'observations.score_date') }}
            < measures.window_days
        )

    group by
        observations.lead_id,
        observations.score_date,
        measures.measure

),

final as (

    select
        lead_id,
        score_date,
        measure as attribute,
        cast(lead_count as string) as value

    from account_measured

)

select * from final
