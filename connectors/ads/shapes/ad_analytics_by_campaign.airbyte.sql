-- Airbyte's LinkedIn: a row a campaign and day; the campaign is the end of an address of its own kind.
-- wants ad_campaign_analytic.pivot_values|pivot_value
-- wants ad_campaign_analytic.start_date time
-- wants ad_campaign_analytic.cost_in_local_currency double
-- wants ad_campaign_analytic.impressions bigint: it is not known how often ads were shown
-- wants ad_campaign_analytic.clicks bigint: it is not known how often ads were clicked
select
    regexp_extract(pivot_values, 'sponsoredCampaign:(\d+)', 1) as campaign_id,
    start_date as day,
    cost_in_local_currency,
    impressions,
    clicks
from ad_campaign_analytic
