-- What a campaign of LinkedIn cost a day. Campaigns of one name are one, but for those in different currencies.
-- keeps what is gone: platforms report only so far back
-- wants ad_analytics_by_campaign.campaign_id: spend is of no campaign
-- wants ad_analytics_by_campaign.day time: nothing was spent on LinkedIn
-- wants ad_analytics_by_campaign.cost_in_local_currency double: nothing was spent on LinkedIn
-- wants ad_analytics_by_campaign.impressions bigint: it is not known how often ads were shown
-- wants ad_analytics_by_campaign.clicks bigint: it is not known how often ads were clicked
-- wants linkedin_ads_campaign_history|campaign_history.id: campaigns are called by their ids
-- wants linkedin_ads_campaign_history.name: campaigns are called by their ids
-- wants linkedin_ads_campaign_history.account_id: spend is in the currency that settings.yml names
-- wants linkedin_ads_campaign_history.last_modified_time time: of several names of a campaign any counts
-- wants linkedin_ads_account_history|account_history.id: spend is in the currency that settings.yml names
-- wants linkedin_ads_account_history.currency: spend is in the currency that settings.yml names
-- wants ad_reporting_campaign_report.date_day: spend is read from the tables of each platform
with campaigns as (
    select
        id,
        max_by(name, coalesce(last_modified_time, '')) as name,
        max_by(account_id, coalesce(last_modified_time, '')) as account_id
    from linkedin_ads_campaign_history
    group by id
),

accounts as (
    select id, max(currency) as currency
    from linkedin_ads_account_history
    group by id
),

spend as (
    select
        analytics.*,
        coalesce(campaigns.name, analytics.campaign_id) as campaign,
        coalesce(accounts.currency, nullif(getvariable('currency'), '')) as currency
    from ad_analytics_by_campaign as analytics
    left join campaigns on analytics.campaign_id = campaigns.id
    left join accounts on campaigns.account_id = accounts.id
    where not exists (select 1 from ad_reporting_campaign_report)
)

select
    left(day, 10) as spend_date,
    'linkedin_ads' as channel,
    campaign || if(currencies > 1, ' ' || coalesce(currency, ''), '') as campaign,
    'media' as cost_type,
    sum(cast(cost_in_local_currency as decimal(38, 9))) as amount,
    currency,
    sum(impressions) as impressions,
    sum(clicks) as clicks
from (
    select *, count(distinct coalesce(currency, '')) over (partition by campaign) as currencies
    from spend
) as days
group by all
order by spend_date, campaign
