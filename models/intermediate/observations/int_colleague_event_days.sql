{#
    Grain: one row per surviving lead, measure of its account that a rule asks for, day on which a lead
    that shared the account had such an event or joined it, and that lead.
#}
with

profiles as (

    select * from {{ ref('int_lead_profiles') }}

),

event_days as (

    select * from {{ ref('int_person_event_days') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}
    where
        statistic = 'account_leads'
        and measure in (
            select model_attributes.attribute
            from {{ ref('int_model_attributes') }} as model_attributes
        )

),

colleagues as (

    select distinct
        profiles.lead_id,
        others.lead_id as colleague_lead_id,
        greatest(profiles.valid_from_date, others.valid_from_date) as joined_date

    from profiles

    inner join profiles as others
        on profiles.account_id = others.account_id
        and profiles.valid_from_date < others.valid_until_date
        and profiles.valid_until_date > others.valid_from_date

    where exists (select 1 from measures)

),

final as (

    select distinct
        colleagues.lead_id,
        colleagues.colleague_lead_id,
        measures.measure,
        measures.window_days,
        greatest(event_days.event_date, colleagues.joined_date) as event_date

    from colleagues

    inner join event_days
        on colleagues.colleague_lead_id = event_days.lead_id

    inner join measures
        on event_days.event_key = measures.event_key

)

select * from final
