-- Grain: one row per day, channel, campaign and region of media, and one per month, channel and kind of
-- people and tools, which have no region. Media cost what the leads to be expected should cost, give or
-- take; people grow with the size of the sample, so that the cost of a lead does not.
with numbered_campaigns as (
    select
        *,
        weight / sum(weight) over (partition by channel) as campaign_share,
        row_number() over (partition by channel order by campaign) as campaign_no
    from campaigns
),

media as (
    select
        *,
        cell_no * 8 + campaign_no as row_no,
        expected_leads * campaign_share as campaign_leads,
        campaign_leads * visitors_per_lead * (0.9 + 0.4 * draw(row_no, 'clicks')) as clicks
    from expectations
    inner join numbered_campaigns using (channel)
    where cost_per_lead > 0
),

months as (
    select distinct date_trunc('month', day)::date as month from calendar
)

select
    day as spend_date,
    channel,
    campaign,
    region,
    'media' as cost_type,
    (campaign_leads * cost_per_lead * (0.6 + 0.8 * draw(row_no, 'spend')))::decimal(18, 2)
        as amount,
    'EUR' as currency,
    round(clicks * impressions_per_click)::bigint as impressions,
    if(impressions_per_click is null, null, round(clicks)::bigint) as clicks
from media
union all
select
    month,
    channel,
    null,
    null,
    cost_type,
    (people * getvariable('leads') / 5000 * cost)::decimal(18, 2),
    'EUR',
    null,
    null
from months, channels, (values ('people', 900), ('tools', 150)) as costs (cost_type, cost)
where people > 0
order by spend_date, channel, campaign nulls first, region nulls first, cost_type
