-- Salesforce's OpportunityHistory: a row for each change of stage, amount, probability or close date.
-- wants opportunity_history.opportunity_id
-- wants opportunity_history.stage_name
-- wants opportunity_history.created_date time
-- wants opportunity_history.is_deleted boolean: no entry is known to be deleted
select
    opportunity_id,
    stage_name as stage,
    created_date as entered_at,
    is_deleted
from opportunity_history
qualify lag(stage_name) over (partition by opportunity_id order by created_date) is distinct from stage_name
