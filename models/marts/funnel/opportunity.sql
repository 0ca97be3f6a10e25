{#
    Grain: one row per opportunity of a landed lead, as its current version says, with the lead that the
    funnel counts for it.
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
    lifecycle.channel,
    lifecycle.region,
    opportunities.stage,
    opportunities.status,
    leads.leads,
    opportunities.amount,
    opportunities.created_at,
    opportunities.closed_at,
    {{ reporting_date('opportunities.closed_at') }} as closed_date
from {{ ref('int_opportunities') }} as opportunities
inner join {{ ref('lead_lifecycle') }} as lifecycle
    on opportunities.lead_id = lifecycle.lead_id
inner join leads
    on opportunities.opportunity_id = leads.opportunity_id
