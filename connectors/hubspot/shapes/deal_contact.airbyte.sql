-- Airbyte lists the contacts of a deal in it.
-- wants deal|deals.deal_id|id
-- wants deal.contacts json
select deal_id, unnest(from_json(contacts, '["varchar"]')) as contact_id from deal
