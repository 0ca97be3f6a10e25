-- Visitors of a day by the source and medium that first brought them, of which each has one, so that days add up.
-- keeps what is gone: tables of days are pruned
-- wants events_*|events.event_date: no visitor has a day
-- wants events_*|events.user_pseudo_id: visitors are not counted
-- wants events_*|events.traffic_source json: visitors came from nowhere known
select
    event_date[:4] || '-' || event_date[5:6] || '-' || event_date[7:8] as traffic_date,
    (traffic_source ->> 'source') || ' / ' || coalesce(traffic_source ->> 'medium', '(none)') as channel,
    count(distinct user_pseudo_id) as visitors
from "events_*"
where user_pseudo_id is not null
group by all
order by traffic_date, channel
