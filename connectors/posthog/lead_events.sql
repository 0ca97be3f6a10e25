-- What somebody did, under the id that PostHog knew then (lead_aliases says whose it is). Of the events that PostHog
-- notes by itself, whose names begin with $, only the views of pages and screens count.
-- keeps what is gone: exports of days are pruned
-- wants events.uuid: the same event of the same moment is one
-- wants events.event: no event has a name, so none can land
-- wants events.distinct_id: nobody did anything
-- wants events.properties json: no page is known
-- wants events.timestamp time: no event has a time, so none can land
select distinct on (event_id)
    'ph:' || coalesce(uuid, md5(concat_ws(' ', distinct_id, timestamp, event, properties ->> '$.$current_url')))
        as event_id,
    if(regexp_full_match(distinct_id, '[^@\s]+@[^@\s]+\.[^@\s]+'), lower(distinct_id), 'ph:' || distinct_id) as lead_id,
    case
        when event in ('$pageview', '$screen') then 'page_visit'
        else trim(lower(regexp_replace(
            regexp_replace(event, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '\W+', '_', 'g'
        )), '_')
    end as event_type,
    timestamp as occurred_at,
    properties ->> '$.$current_url' as page_url,
    properties ->> 'utm_campaign' as campaign,
    if(event[1] = '$', null, properties) as properties
from events
where event[1] <> '$' or event in ('$pageview', '$screen')
order by event_id, timestamp
