-- Grain: one row per opportunity.
with current_stages as (
    select lead_no, max(entered_at) as updated_at, arg_max(stage, position) as stage
    from entered_stages
    group by lead_no
)

select
    outcomes.opportunity_id,
    lead_id(lead_no) as lead_id,
    outcomes.opened_at as created_at,
    current_stages.stage,
    current_stages.updated_at,
    if(stage in ('won', 'lost'), closed_at, null) as closed_at,
    if(stage in ('won', 'lost'), is_won, null) as is_won,
    outcomes.amount,
    'EUR' as currency,
    outcomes.rep_id as owner_id,
    if(
        stage = 'lost',
        one_of(['price', 'no decision', 'competitor', 'timing', 'missing feature'], lead_no, 'lost reason'),
        null
    ) as lost_reason
from outcomes
inner join current_stages using (lead_no)
order by opportunity_id
