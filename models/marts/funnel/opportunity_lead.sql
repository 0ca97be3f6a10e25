{# Grain: one row per opportunity and lead that has a part in it; the funnel counts the primary one alone. #}
select
    opportunity_leads.opportunity_id,
    opportunity_leads.lead_id,
    opportunity_leads.role,
    opportunity_leads.is_primary
from {{ ref('int_opportunity_leads') }} as opportunity_leads
inner join {{ ref('opportunity') }} as opportunities
    on opportunity_leads.opportunity_id = opportunities.opportunity_id
