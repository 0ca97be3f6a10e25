-- Most orgs do not keep data privacy records; then nobody has one.
-- wants contact|lead.id
select
    id,
    null::boolean as has_opted_out_profiling,
    null::boolean as has_opted_out_processing,
    null::boolean as should_forget
from contact
where false
