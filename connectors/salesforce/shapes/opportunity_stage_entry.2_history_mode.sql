-- History mode in a schema of its own: a row for each version of a deal.
-- wants opportunity_versions.id
-- wants opportunity_versions.stage_name
-- wants opportunity_versions._fivetran_start time
select
    id as opportunity_id,
    stage_name as stage,
    _fivetran_start as entered_at,
    false as is_deleted
from opportunity_versions
qualify lag(stage_name) over (partition by id order by _fivetran_start) is distinct from stage_name
