{# Grain: one row per opportunity and lead that has a part in it; the funnel counts the primary one alone. #}
with

opportunity_leads as (

    select * from {{ ref('int_opportunity_leads') }}

),

opportunities as (

    select opportunity_id from {{ ref('opportunity') }}

),

final as (

    select
        opportunity_leads.opportunity_id,
        opportunity_leads.lead_id,
        opportunity_leads.role,
        opportunity_leads.is_primary

    from opportunity_leads

    inner join opportunities
        on opportunity_leads.opportunity_id = opportunities.opportunity_id

)

select * from final
