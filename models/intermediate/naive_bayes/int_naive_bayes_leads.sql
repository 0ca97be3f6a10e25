{#
    Grain: one row per surviving lead that is not deleted, with its team, stage and outcome. A stage that
    the seed does not list is none.
#}
with

attributes as (

    select * from {{ ref('int_naive_bayes_attributes') }}

),

lifecycle as (

    select * from {{ ref('lead_lifecycle') }}

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
            when lifecycle.customer_at is not null or stages.is_won then 'won'
            when lifecycle.lost_at is not null then 'lost'
            else 'open'
        end as outcome

    from leads

    inner join lifecycle
        on leads.lead_id = lifecycle.lead_id

    left join stages
        on leads.stage = stages.stage

)

select * from final
