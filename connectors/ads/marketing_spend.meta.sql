-- What a campaign of Meta (Facebook, Instagram) cost a day, over its ads. Campaigns of one name are one, but for those
-- in different currencies.
-- keeps what is gone: platforms report only so far back
-- wants basic_ad.ad_id: spend is of no campaign
-- wants basic_ad.account_id: spend is in the currency that settings.yml names
-- wants basic_ad.date: nothing was spent on Meta
-- wants basic_ad.spend double: nothing was spent on Meta
-- wants basic_ad.impressions bigint: it is not known how often ads were shown
-- wants basic_ad.inline_link_clicks|clicks bigint: it is not known how often ads were clicked
-- wants ad_history.id: spend is of no campaign
-- wants ad_history.campaign_id: spend is of no campaign
-- wants ad_history.updated_time time: of several campaigns of an ad any counts
-- wants facebook_ads_campaign_history|campaign_history.id: campaigns are called by their ids
-- wants facebook_ads_campaign_history.name: campaigns are called by their ids
-- wants facebook_ads_campaign_history.updated_time time: of several names of a campaign any counts
-- wants facebook_ads_account_history|account_history.id: spend is in the currency that settings.yml names
-- wants facebook_ads_account_history.currency: spend is in the currency that settings.yml names
-- wants ad_reporting_campaign_report.date_day: spend is read from the tables of each platform
with campaigns as (
    select id, max_by(name, coalesce(updated_time, '')) as name
    from facebook_ads_campaign_history
    group by id
),

ads as (
    select id, max_by(campaign_id, coalesce(updated_time, '')) as campaign_id
    from ad_history
    group by id
),

accounts as (
    select id, max(currency) as currency
    from facebook_ads_account_history
    group by id
),

spend as (
    select
        basic_ad.*,
        coalesce(campaigns.name, ads.campaign_id) as campaign,
        coalesce(accounts.currency, nullif(getvariable('currency'), '')) as currency
    from basic_ad
    left join ads on basic_ad.ad_id = ads.id
    left join campaigns on ads.campaign_id = campaigns.id
    left join accounts on basic_ad.account_id = accounts.id
    where not exists (select 1 from ad_reporting_campaign_report)
)

select
    left(date, 10) as spend_date,
    'facebook_ads' as channel,
    campaign || if(currencies > 1, ' ' || coalesce(currency, ''), '') as campaign,
    'media' as cost_type,
    sum(cast(spend as decimal(38, 9))) as amount,
    currency,
    sum(impressions) as impressions,
    sum(inline_link_clicks) as clicks
from (
    select *, count(distinct coalesce(currency, '')) over (partition by campaign) as currencies
    from spend
) as days
group by all
order by spend_date, campaign
