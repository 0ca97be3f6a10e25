-- What a visitor did. One who had signed in is the user, any other a name of its own (lead_aliases). Pings of an open
-- page are no events. Of an event that came twice the first counts.
-- keeps what is gone: tables of events are pruned
-- wants event|atomic_event.event_id: the same event of the same moment is one
-- wants event.event: page views are told by event_name alone
-- wants event.event_name: events of one's own have no name
-- wants event.se_action: structured events have no name
-- wants event.domain_userid|network_userid: only visitors who had signed in are known
-- wants event.user_id: no visitor is known to have signed in
-- wants event.page_url: no page is known
-- wants event.mkt_campaign: no campaign is known to have brought anybody
-- wants event.derived_tstamp|collector_tstamp time: no event has a time, so none can land
-- wants event.se_category: structured events are of no category
-- wants event.se_label: structured events have no label
with events as (
    select
        *,
        coalesce(if(event = 'struct', se_action, null), event_name, event) as name,
        coalesce(event_id, md5(concat_ws(' ', domain_userid, user_id, derived_tstamp, name, page_url))) as id
    from event
    where
        coalesce(user_id, domain_userid) is not null
        and coalesce(event, event_name, '') <> 'page_ping'
    qualify row_number() over (partition by id order by derived_tstamp) = 1
)

select
    'sp:' || id as event_id,
    case
        when regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') then lower(user_id)
        when user_id is not null then getvariable('user_prefix') || user_id
        else 'sp:' || domain_userid
    end as lead_id,
    case
        when name in ('page_view', 'screen_view') then 'page_visit'
        else trim(lower(regexp_replace(
            regexp_replace(name, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '\W+', '_', 'g'
        )), '_')
    end as event_type,
    derived_tstamp as occurred_at,
    page_url,
    mkt_campaign as campaign,
    if(event = 'struct', json_object('category', se_category, 'label', se_label), null) as properties
from events
order by event_id
