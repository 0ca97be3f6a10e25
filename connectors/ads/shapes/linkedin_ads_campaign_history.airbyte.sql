-- Airbyte's LinkedIn: campaigns as they are now.
-- wants ad_campaign_analytic.start_date
-- wants campaign.id
-- wants campaign.name
-- wants campaign.account: spend is in the currency that settings.yml names
-- wants campaign.last_modified time: campaigns have no day
select
    id,
    name,
    regexp_extract(account, '(\d+)$', 1) as account_id,
    last_modified as last_modified_time
from campaign
