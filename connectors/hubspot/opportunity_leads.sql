-- Grain: one row per deal and contact that takes part in it, however often HubSpot has the pair, once a type; who took
-- part in a deal that went into another takes part in that.
-- wants deal_contact.deal_id: whose deals they are is not known but by their company
-- wants deal_contact.contact_id: whose deals they are is not known but by their company
-- wants deal_contact.type_id: no contact is known to be the main one of its deal
-- wants deal_absorbed.deal_id: parts of deals that were merged stay theirs
-- wants deal_absorbed.survivor_id: parts of deals that were merged stay theirs
select
    'hs:' || coalesce(deal_absorbed.survivor_id, parts.deal_id) as opportunity_id,
    'hs:' || parts.contact_id as lead_id,
    coalesce(
        bool_or(list_contains(string_split(replace(getvariable('primary_contact_types'), ' ', ''), ','), type_id)),
        false
    ) as is_primary
from deal_contact as parts
left join deal_absorbed on parts.deal_id = deal_absorbed.deal_id
group by all
order by opportunity_id, lead_id
