-- A deal's entry into a stage, from whatever keeps the history of deals (shapes/opportunity_stage_entry.*).
-- keeps what is gone: what happened stays so when a tool forgets it, and a deleted deal is told by itself
-- wants opportunity_stage_entry.opportunity_id: no deal is known to have entered a stage
-- wants opportunity_stage_entry.stage: no deal is known to have entered a stage
-- wants opportunity_stage_entry.entered_at time: no deal is known to have entered a stage
-- wants opportunity_stage_entry.is_deleted boolean: no entry is known to be deleted
select distinct
    'sf:' || opportunity_id as opportunity_id,
    stage,
    entered_at,
    is_deleted
from opportunity_stage_entry
order by opportunity_id, entered_at
