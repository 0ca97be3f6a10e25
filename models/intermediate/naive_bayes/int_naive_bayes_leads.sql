{#
    Grain: one row per surviving lead that is not deleted, with its team, stage and outcome. A stage that
    the seed does not list is none.
#}
with

leads as (

    select
        lead_id,
        max(case when kind = 'team' then value end) as team,
        max(case when kind = 'stage' then value end) as stage

    from {{ ref('int_naive_bayes_attributes') }}

    group by lead_id

)

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

inner join {{ ref('lead_lifecycle') }} as lifecycle
    on leads.lead_id = lifecycle.lead_id

left join {{ ref('stg_mapping__naive_bayes_stages') }} as stages
    on leads.stage = stages.stage
