-- A deal names its primary contact, where the table of all its contacts was not landed.
-- wants opportunity.id
-- wants opportunity.contact_id
-- wants opportunity.last_modified_date time: of several versions of a deal any counts
-- wants opportunity.is_deleted boolean: no deal is known to be deleted
select
    id,
    id as opportunity_id,
    contact_id,
    null as role,
    true as is_primary,
    last_modified_date as system_modstamp,
    is_deleted
from opportunity
where contact_id is not null
