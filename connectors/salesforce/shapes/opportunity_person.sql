-- Whom a deal concerns: the lead that was converted into it first, and who is spoken to, the primary contact if any.
-- wants opportunity.id
-- wants opportunity_contact_role.opportunity_id: no deal has contacts
-- wants opportunity_contact_role.contact_id: no deal has contacts
-- wants opportunity_contact_role.is_primary boolean: no contact is the primary one
-- wants opportunity_contact_role.is_deleted boolean: no contact is known to have been taken away
-- wants opportunity_contact_role.system_modstamp time: of several versions any counts
-- wants opportunity_contact_role.id: no deal has contacts
-- wants lead.id: no lead was converted
-- wants lead.converted_opportunity_id: no lead was converted into a deal
-- wants lead.converted_date time: of several leads the one with the lowest id was converted first
with roles as (
    select * from opportunity_contact_role
    qualify row_number() over (partition by id order by system_modstamp desc nulls last) = 1
),

contacts as (
    select
        opportunity_id,
        min_by(contact_id, (not coalesce(is_primary, false), contact_id)) as contact_id
    from roles
    where is_deleted is not true and contact_id is not null
    group by opportunity_id
),

conversions as (
    select converted_opportunity_id, min_by(id, (left(converted_date, 10), id)) as lead_id
    from lead
    where converted_opportunity_id is not null
    group by converted_opportunity_id
)

select
    opportunities.id as opportunity_id,
    conversions.lead_id,
    coalesce(contacts.contact_id, conversions.lead_id) as person_id
from (select distinct id from opportunity) as opportunities
left join contacts on opportunities.id = contacts.opportunity_id
left join conversions on opportunities.id = conversions.converted_opportunity_id
