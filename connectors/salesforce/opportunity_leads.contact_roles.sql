-- A contact that has a part in a deal. One that has several parts is one row.
-- wants opportunity_contact_role.id: of several versions of a part all count
-- wants opportunity_contact_role.opportunity_id: no contact has a part in a deal
-- wants opportunity_contact_role.contact_id: no contact has a part in a deal
-- wants opportunity_contact_role.role: no contact's part in a deal is known
-- wants opportunity_contact_role.is_primary boolean: of the contacts of a deal the one with the lowest id counts
-- wants opportunity_contact_role.system_modstamp time: of several versions of a part any counts
-- wants opportunity_contact_role.is_deleted boolean: a part is deleted only once it is gone from the table
with roles as (
    select * from opportunity_contact_role
    qualify
        id is null
        or row_number() over (partition by id order by system_modstamp desc nulls last) = 1
)

select
    'sf:' || opportunity_id as opportunity_id,
    'sf:' || contact_id as lead_id,
    coalesce(bool_or(is_primary) filter (where is_deleted is not true), false) as is_primary,
    string_agg(distinct role, ', ' order by role) filter (where is_deleted is not true) as role,
    bool_and(coalesce(is_deleted, false)) as is_deleted
from roles
group by all
order by opportunity_id, lead_id
