-- Airbyte's and dlt's Meta: a row an ad and day.
-- wants ads_insight|facebook_insight.ad_id
-- wants ads_insight.date_start
-- wants ads_insight.spend double
-- wants ads_insight.account_id: spend is in the currency that settings.yml names
-- wants ads_insight.impressions bigint: it is not known how often ads were shown
-- wants ads_insight.inline_link_clicks|clicks bigint: it is not known how often ads were clicked
select
    ad_id,
    account_id,
    date_start as date,
    spend,
    impressions,
    inline_link_clicks
from ads_insight
