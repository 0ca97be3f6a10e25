-- Airbyte's Google Ads: the name of a campaign on each day.
-- wants campaign.campaign_id
-- wants campaign.campaign_name
-- wants campaign.segments_date
select distinct
    campaign_id as id,
    campaign_name as name,
    segments_date as updated_at
from campaign
