{#
    Grain: one row per surviving lead that is not deleted, with its team, stage and outcome: won, lost or
    open as for sales, where an open deal outranks a loss. A stage that the seed does not list is none.
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
        when lifecycles.sales_reason = 'customer' or stages.is_won then 'won'
        when lifecycles.sales_reason = 'lost' then 'lost'
        else 'open'
    end as outcome

from leads

inner join {{ ref('int_lifecycles') }} as lifecycles
    on leads.lead_id = lifecycles.lead_id

left join {{ ref('stg_mapping__naive_bayes_stages') }} as stages
    on leads.stage = stages.stage
