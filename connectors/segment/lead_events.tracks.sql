-- What was done in the product or on the website, under its own name. What else is known of it lies in a table for each
-- event, and is not read.
-- keeps what is gone: tables of events are pruned
-- wants tracks|track.id: the same event of the same moment is one
-- wants tracks.anonymous_id: only users are known to have done anything
-- wants tracks.user_id: only visitors are known to have done anything
-- wants tracks.event|event_text: no event has a name, so none can land
-- wants tracks.context_page_url: it is not known on which page anything was done
-- wants tracks.context_campaign_name: no campaign is known to have brought anybody
-- wants tracks.timestamp|sent_at|received_at time: no event has a time, so none can land
select distinct on (event_id)
    'seg:' || coalesce(id, md5(concat_ws(' ', anonymous_id, user_id, timestamp, event))) as event_id,
    case
        when regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') then lower(user_id)
        when user_id is not null then getvariable('user_prefix') || user_id
        else 'seg:' || anonymous_id
    end as lead_id,
    trim(lower(regexp_replace(
        regexp_replace(event, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '\W+', '_', 'g'
    )), '_') as event_type,
    timestamp as occurred_at,
    context_page_url as page_url,
    context_campaign_name as campaign
from tracks
order by event_id, timestamp
