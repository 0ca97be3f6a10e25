-- No history: the stage of today, since its last change. Those of later days join it, as none is ever taken away.
-- wants opportunity.id
-- wants opportunity.stage_name
-- wants opportunity.created_date time
-- wants opportunity.last_stage_change_date time: a deal is taken to have been in its stage since it was opened
select distinct
    id as opportunity_id,
    stage_name as stage,
    coalesce(last_stage_change_date, created_date) as entered_at,
    false as is_deleted
from opportunity
