-- Grain: one row per day, channel and region: that day's leads, and many more who left no name.
with arrivals as (
    select created_date as day, channel, region, count(*) as leads
    from people
    group by all
)

select
    day as traffic_date,
    channel,
    region,
    coalesce(leads, 0)
    + round(expected_leads * visitors_per_lead * (0.7 + 0.6 * draw(cell_no, 'visitors')))::bigint
        as visitors
from expectations
left join arrivals using (day, channel, region)
order by traffic_date, channel, region
