-- What several files select from.

create macro lead_id(lead_no) as 'l' || lpad(lead_no::text, 8, '0');

-- Grain: one row per event, with the columns of the input contract.
create view contract_events as
select
    'e' || lpad((rowid + 1)::text, 10, '0') as event_id,
    lead_id(lead_no) as lead_id,
    event_type::text as event_type,
    occurred_at,
    page_url::text as page_url,
    if(
        starts_with(event_type::text, 'email_'), strftime(occurred_at, 'newsletter-%Y-%m'), null
    ) as campaign,
    seconds as duration_seconds,
    case
        when page_url is null then null
        when is_mobile then '{"device": "mobile"}'
        else '{"device": "desktop"}'
    end as properties,
    is_late,
    is_sent_twice
from events;

-- Grain: one row per opportunity and stage that it has entered by the last day. Discovery, proposal
-- and negotiation share out the time to the close.
create view entered_stages as
select
    *,
    if(position = 4, if(is_won, 'won', 'lost'), open_stage) as stage,
    if(
        position = 4,
        closed_at,
        opened_at + days(epoch(closed_at - opened_at) / 86400 * (position - 1) / 3.2)
    ) as entered_at
from
    outcomes,
    (
        values (1, 'discovery'), (2, 'proposal'), (3, 'negotiation'), (4, null)
    ) as stages (position, open_stage)
where (position = 4 or position <= last_stage) and entered_at <= getvariable('last_moment');

-- Grain: one row per day, channel and region, with the leads to be expected.
create view expectations as
with regions as (
    select region, sum(weight) as weight from countries group by region
),

shares as (
    select
        channels.*,
        regions.region,
        channels.weight / sum(channels.weight) over (partition by region)
        * regions.weight / sum(regions.weight) over (partition by channel) as share,
        row_number() over (order by channel, region) as share_no
    from channels, regions
)

select
    calendar.day,
    shares.channel,
    shares.region,
    shares.cost_per_lead,
    shares.visitors_per_lead,
    shares.impressions_per_click,
    day_number(day) * 64 + share_no as cell_no,
    getvariable('leads') * share * calendar.weight / sum(calendar.weight) over (partition by share_no)
        as expected_leads
from calendar, shares;
