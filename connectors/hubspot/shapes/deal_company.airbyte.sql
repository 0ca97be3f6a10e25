-- Airbyte lists the companies of a deal in it.
-- wants deal|deals.deal_id|id
-- wants deal.companies json
select deal_id, unnest(from_json(companies, '["varchar"]')) as company_id from deal
