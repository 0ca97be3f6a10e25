{#
    Grain: one row per opportunity, as its current version says, with the lead that the funnel counts for it; those that are
    one are one row.
#}
with
leads as (
    select
        opportunity_id,
        count(*) as leads
    from {{ ref('int_opportunity_leads') }}
    group by opportunity_id
)

select
    opportunities.opportunity_id,
    opportunities.lead_id,
    coalesce(lifecycle.channel, '(none)') as channel,
    coalesce(lifecycle.region, '(none)') as region,
    opportunities.stage,
    opportunities.status,
    coalesce(leads.leads, 0) as leads,
    opportunities.amount,
    opportunities.created_at,
    opportunities.closed_at,
    cast(opportunities.closed_at as date) as closed_date
from {{ ref('int_opportunities') }} as opportunities
left join {{ ref('lead_lifecycle') }} as lifecycle
    on opportunities.lead_id = lifecycle.lead_id
left join leads
    on opportunities.opportunity_id = leads.opportunity_id
