-- wants companies_deals.value
-- wants companies_deals.deals_id
select deals_id as deal_id, value as company_id from companies_deals
