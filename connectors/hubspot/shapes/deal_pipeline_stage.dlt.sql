-- wants pipelines_deals_stages.id
-- wants pipelines_deals_stages.label: stages have no name
-- wants pipelines_deals_stages.metadata_is_closed boolean: a deal is closed where its stage is certain
-- wants pipelines_deals_stages.metadata_probability double: no deal is won
select
    id as stage_id,
    label,
    metadata_is_closed as is_closed,
    metadata_probability as probability,
    null::boolean as closed_won
from pipelines_deals_stages
