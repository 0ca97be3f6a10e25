-- History mode in the table itself: a row for each version of a deal.
-- wants opportunity.id
-- wants opportunity.stage_name
-- wants opportunity._fivetran_start time
select
    id as opportunity_id,
    stage_name as stage,
    _fivetran_start as entered_at,
    false as is_deleted
from opportunity
qualify lag(stage_name) over (partition by id order by _fivetran_start) is distinct from stage_name
