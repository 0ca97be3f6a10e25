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

used as (

    select distinct attribute from {{ ref('int_model_attributes') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}
    where measure in (select used.attribute from used)

),

colleagues as (

    {# The leads of the account on the score date, the lead itself among them. #}
    select
        observations.lead_id,
        observations.score_date,
        others.lead_id as colleague_lead_id

    from observations

    inner join {{ ref('int_lead_accounts') }} as accounts
        on observations.lead_id = accounts.lead_id
        and observations.score_date >= accounts.valid_from_date
        and observations.score_date < accounts.valid_until_date

    inner join {{ ref('int_lead_accounts') }} as others
        on accounts.account_id = others.account_id
        and observations.score_date >= others.valid_from_date
        and observations.score_date < others.valid_until_date

    where exists (
            select 1 from measures
            where measures.statistic = 'account_leads'
        )

),

active as (

    select distinct
        colleagues.lead_id,
        colleagues.score_date,
        colleagues.colleague_lead_id,
        measures.measure

    from colleagues

    inner join {{ ref('int_person_event_days') }} as event_days
        on colleagues.colleague_lead_id = event_days.lead_id
        and colleagues.score_date >= event_days.event_date

    inner join measures
        on event_days.event_key = measures.event_key
        and measures.statistic = 'account_leads'
        and (
            measures.window_days is null
            or {{ days_between('event_days.event_date', 'colleagues.score_date') }}
            < measures.window_days
        )

),

account_measured as (

    select
        observations.lead_id,
        observations.score_date,
        measures.measure,
        count(active.colleague_lead_id) as lead_count

    from observations

    inner join measures
        on measures.statistic = 'account_leads'

    left join active
        on observations.lead_id = active.lead_id
        and observations.score_date = active.score_date
        and measures.measure = active.measure

    group by
        observations.lead_id,
        observations.score_date,
        measures.measure

)

select
    lead_id,
    score_date,
    measure as attribute,
    cast(lead_count as string) as value

from account_measured
