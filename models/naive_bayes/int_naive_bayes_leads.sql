{#
    Grain: one row per surviving lead that is not deleted, with its team, stage and outcome: won, lost or
    open as for sales, where an open deal outranks a loss. A stage that the seed does not list is none.
#}
select
    profiles.lead_id,
    teams.value as team,
    stages.stage, stages.sequence,
    case
        when lifecycles.sales_reason = 'customer' or stages.is_won = 'yes' then 'won'
        when lifecycles.sales_reason = 'lost' then 'lost'
        else 'open'
    end as outcome
from {{ ref('int_lead_profiles') }} as profiles
inner join {{ ref('int_lifecycles') }} as lifecycles
    on profiles.lead_id = lifecycles.lead_id
left join {{ ref('int_naive_bayes_values') }} as teams
    on profiles.lead_id = teams.lead_id
    and teams.kind = 'team'
left join {{ ref('int_naive_bayes_values') }} as lead_stages
    on profiles.lead_id = lead_stages.lead_id
    and lead_stages.kind = 'stage'
left join {{ ref('naive_bayes_stages') }} as stages
    on lead_stages.value = stages.stage
where
    profiles.is_current
    and not profiles.is_deleted
