-- Airbyte's Google Ads: a row a campaign, day, hour and network.
-- wants campaign.campaign_id
-- wants campaign.segments_date
-- wants campaign.metrics_cost_micros bigint
-- wants campaign.metrics_impressions bigint: it is not known how often ads were shown
-- wants campaign.metrics_clicks bigint: it is not known how often ads were clicked
-- wants campaign.customer_id: spend is in the currency that settings.yml names
select
    campaign_id as id,
    customer_id,
    segments_date as date,
    metrics_cost_micros as cost_micros,
    metrics_impressions as impressions,
    metrics_clicks as clicks
from campaign
