{#
    Grain: one row per opportunity of a landed lead, as its current version says, with the lead that the
    funnel counts for it.
#}
with

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

lifecycle as (

    select * from {{ ref('lead_lifecycle') }}

),

leads as (

    select
        opportunity_id,
        count(*) as leads

    from {{ ref('int_opportunity_leads') }}

    group by opportunity_id

),

final as (

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

    from opportunities

    inner join lifecycle
        on opportunities.lead_id = lifecycle.lead_id

    inner join leads
        on opportunities.opportunity_id = leads.opportunity_id

)

select * from final
