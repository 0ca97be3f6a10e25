{#
    Grain: one row per lead that sales works, with the rep whose it is. Leads are given out one after the other by one call of
    assign_leads (scripts/sales/routing.py), which says how.
#}
with
placed as (
    select leads.*, {{ work_place('leads') }} as work_place
    from (
        select sales_leads.*, scores.score_rank
        from {{ ref('int_sales_leads') }} as sales_leads
        inner join {{ ref('lead_score') }} as scores
            on sales_leads.lead_id = scores.lead_id
    ) as leads
),

leads as (
    select *, cast(row_number() over (order by work_place, lead_id) as bigint) as work_rank from placed
),

given as (
    select {{ struct_rows('assign_leads(leads.all_leads, routes.all_routes, pools.all_pools, reps.all_reps)') }}
    from (
        select {{ array_of({
            'work_rank': 'work_rank', 'lead_id': 'lead_id', 'routing_profile': 'routing_profile', 'owner_id': 'owner_id',
            'account_owner_id': 'account_owner_id', 'kept_rep_id': 'kept_rep_id'
        }) }} as all_leads
        from leads
    ) as leads
    cross join (
        select {{ array_of({
            'routing_profile': 'routing_profile', 'rule_order': 'rule_order', 'rule_id': 'rule_id', 'assign_to': 'assign_to',
            'pool_id': 'pool_id'
        }) }} as all_routes
        from {{ ref('int_routing_pools') }}
    ) as routes
    cross join (
        select {{ array_of({'pool_id': 'pool_id', 'rep_ids': 'rep_ids'}) }} as all_pools
        from (
            select distinct pool_id, rep_ids from {{ ref('int_routing_pools') }}
            where pool_id is not null
        ) as distinct_pools
    ) as pools
    cross join (
        select {{ array_of({'rep_id': 'rep_id', 'capacity': 'capacity', 'weight': 'weight'}) }} as all_reps
        from {{ ref('int_reps') }}
    ) as reps
)

select
    leads.lead_id,
    given.rep_id,
    case
        when given.rep_id is not null then 'assigned'
        when given.candidates > 0 then 'overflow'
        else 'nobody_fits'
    end as assignment_status,
    case
        when given.rep_id is not null and given.rule_id is null then leads.kept_because
        when rules.assign_to = 'reps' and given.candidates = 1 then rules.description || ': nobody else fits'
        when rules.assign_to = 'reps'
            then rules.description || ': fewest leads for the weight of ' || given.candidates || ' who fit'
        when given.rep_id is not null then rules.description
        when given.candidates > 0 then 'Whoever fits has as many leads as they can take'
        else 'Nobody fits who is there'
    end as assigned_because,
    case when given.rep_id is not null then coalesce(given.rule_id, leads.kept_rule_id) end as routing_rule_id,
    case
        when given.rep_id is null then null
        when given.rep_id = leads.kept_rep_id then leads.kept_since_date
        else clock.clock_date
    end as assigned_on,
    leads.work_rank,
    leads.is_held_out
from leads
cross join {{ ref('int_clock') }} as clock
left join given
    on leads.lead_id = given.lead_id
left join {{ ref('routing_rules') }} as rules
    on given.rule_id = rules.rule_id
