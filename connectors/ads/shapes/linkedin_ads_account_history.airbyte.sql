-- Airbyte's LinkedIn: accounts as they are now.
-- wants ad_campaign_analytic.start_date
-- wants account.id
-- wants account.currency
select id, currency
from account
