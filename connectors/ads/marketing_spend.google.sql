-- What a campaign of Google Ads cost a day, over its networks and devices. Campaigns of one name are one, but for those
-- in different currencies.
-- keeps what is gone: platforms report only so far back
-- wants campaign_stats.id: spend is of no campaign
-- wants campaign_stats.customer_id: spend is in the currency that settings.yml names
-- wants campaign_stats.date: nothing was spent on Google Ads
-- wants campaign_stats.cost_micros bigint: nothing was spent on Google Ads
-- wants campaign_stats.impressions bigint: it is not known how often ads were shown
-- wants campaign_stats.clicks bigint: it is not known how often ads were clicked
-- wants google_ads_campaign_history|campaign_history.id: campaigns are called by their ids
-- wants google_ads_campaign_history.name: campaigns are called by their ids
-- wants google_ads_campaign_history.updated_at time: of several names of a campaign any counts
-- wants google_ads_account_history|account_history.id: spend is in the currency that settings.yml names
-- wants google_ads_account_history.currency_code: spend is in the currency that settings.yml names
-- wants google_ads_account_history.updated_at time: of several currencies of an account any counts
-- wants ad_reporting_campaign_report.date_day: spend is read from the tables of each platform
with campaigns as (
    select id, max_by(name, coalesce(updated_at, '')) as name
    from google_ads_campaign_history
    group by id
),

accounts as (
    select id, max_by(currency_code, coalesce(updated_at, '')) as currency
    from google_ads_account_history
    group by id
),

spend as (
    select
        stats.*,
        coalesce(campaigns.name, stats.id) as campaign,
        coalesce(accounts.currency, nullif(getvariable('currency'), '')) as currency
    from campaign_stats as stats
    left join campaigns on stats.id = campaigns.id
    left join accounts on stats.customer_id = accounts.id
    where not exists (select 1 from ad_reporting_campaign_report)
)

select
    left(date, 10) as spend_date,
    'google_ads' as channel,
    campaign || if(currencies > 1, ' ' || coalesce(currency, ''), '') as campaign,
    'media' as cost_type,
    cast(sum(cost_micros) / 1000000 as decimal(38, 6)) as amount,
    currency,
    sum(impressions) as impressions,
    sum(clicks) as clicks
from (
    select *, count(distinct coalesce(currency, '')) over (partition by campaign) as currencies
    from spend
) as days
group by all
order by spend_date, campaign
