-- A page that was seen, by a user where one had signed in, else by a visitor.
-- keeps what is gone: tables of events are pruned
-- wants pages|page.id: the same visit of the same moment is one
-- wants pages.anonymous_id: only users are known to have seen pages
-- wants pages.user_id: only visitors are known to have seen pages
-- wants pages.url|context_page_url: no page is known
-- wants pages.name: pages have no name
-- wants pages.context_campaign_name: no campaign is known to have brought anybody
-- wants pages.timestamp|sent_at|received_at time: no visit has a time, so none can land
select distinct on (event_id)
    'seg:' || coalesce(id, md5(concat_ws(' ', anonymous_id, user_id, timestamp, url))) as event_id,
    case
        when regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') then lower(user_id)
        when user_id is not null then getvariable('user_prefix') || user_id
        else 'seg:' || anonymous_id
    end as lead_id,
    'page_visit' as event_type,
    timestamp as occurred_at,
    url as page_url,
    context_campaign_name as campaign,
    json_object('name', name) as properties
from pages
order by event_id, timestamp
