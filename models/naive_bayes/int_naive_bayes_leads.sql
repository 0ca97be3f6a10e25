{#
    Grain: one row per surviving lead that is not deleted, with its team, stage and outcome: won, lost or
    open as for sales, where an open deal outranks a loss. A stage that the seed does not list is none.
#}
with

attributes as (

    select * from {{ ref('int_naive_bayes_attributes') }}

),

callability as (

    select * from {{ ref('int_lead_callability') }}

),

stages as (

    select * from {{ ref('stg_mapping__naive_bayes_stages') }}

),

leads as (

    select
        lead_id,
        max(case when kind = 'team' then value end) as team,
        max(case when kind = 'stage' then value end) as stage

    from attributes

    group by lead_id

),

final as (

    select
        leads.lead_id,
        leads.team,
        stages.stage,
        stages.sequence,
        case
            when callability.sales_reason = 'customer' or stages.is_won then 'won'
            when callability.sales_reason = 'lost' then 'lost'
            else 'open'
        end as outcome

    from leads

    inner join callability
        on leads.lead_id = callability.lead_id

    left join stages
        on leads.stage = stages.stage

)

select * from final
