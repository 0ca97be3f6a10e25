-- What a campaign cost a day, of all platforms in one table, as Fivetran's package ad_reporting makes it. Where it is
-- there the tables of the single platforms are not read.
-- keeps what is gone: platforms report only so far back
-- wants ad_reporting_campaign_report.date_day: spend is read from the tables of each platform
-- wants ad_reporting_campaign_report.platform: spend is of no channel
-- wants ad_reporting_campaign_report.campaign_name: spend is of no campaign
-- wants ad_reporting_campaign_report.spend double: spend is read from the tables of each platform
-- wants ad_reporting_campaign_report.impressions bigint: it is not known how often ads were shown
-- wants ad_reporting_campaign_report.clicks bigint: it is not known how often ads were clicked
select
    left(date_day, 10) as spend_date,
    platform as channel,
    campaign_name as campaign,
    'media' as cost_type,
    sum(cast(spend as decimal(38, 9))) as amount,
    nullif(getvariable('currency'), '') as currency,
    sum(impressions) as impressions,
    sum(clicks) as clicks
from ad_reporting_campaign_report
group by all
order by spend_date, channel, campaign
