-- History mode in a table of this name: a row for each version of a deal.
-- wants opportunity_history.id
-- wants opportunity_history.stage_name
-- wants opportunity_history._fivetran_start time
select
    id as opportunity_id,
    stage_name as stage,
    _fivetran_start as entered_at,
    false as is_deleted
from opportunity_history
qualify lag(stage_name) over (partition by id order by _fivetran_start) is distinct from stage_name
