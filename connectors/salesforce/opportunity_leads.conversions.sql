-- A lead that was converted into a deal, which another lead may have opened.
-- wants lead.id: no lead was converted
-- wants lead.converted_opportunity_id: no lead is known to have been converted into a deal
select distinct
    'sf:' || converted_opportunity_id as opportunity_id,
    'sf:' || id as lead_id
from lead
where converted_opportunity_id is not null
order by opportunity_id, lead_id
