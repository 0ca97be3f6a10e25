-- Airbyte's and dlt's Meta: the campaign of an ad.
-- wants ads_insight|facebook_insight.ad_id
-- wants ads_insight.campaign_id
-- wants ads_insight.date_start
select distinct
    ad_id as id,
    campaign_id,
    date_start as updated_time
from ads_insight
