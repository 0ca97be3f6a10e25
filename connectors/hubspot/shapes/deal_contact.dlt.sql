-- wants contacts_deals.value
-- wants contacts_deals.deals_id
select deals_id as deal_id, value as contact_id from contacts_deals
