-- Airbyte's Meta: the name of a campaign on each day.
-- wants ads_insight.campaign_id
-- wants ads_insight.campaign_name
-- wants ads_insight.date_start
select distinct
    campaign_id as id,
    campaign_name as name,
    date_start as updated_time
from ads_insight
