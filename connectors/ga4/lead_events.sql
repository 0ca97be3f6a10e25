-- What a visitor did, from the tables of days and of today that GA4 exports to BigQuery. A visitor who had signed in
-- is the user, any other a name of its own (lead_aliases). What GA4 notes by itself of a visit is left out, as are
-- visitors who did not consent, whom it gives no id. It gives events none either: two of one moment that are the same
-- in all else are one.
-- keeps what is gone: tables of days are pruned
-- wants events_*|events.event_timestamp bigint: no event has a time, so none can land
-- wants events_*|events.event_name: no event has a name, so none can land
-- wants events_*|events.event_params json: no page is known
-- wants events_*|events.user_pseudo_id: only visitors who had signed in are known
-- wants events_*|events.user_id: no visitor is known to have signed in
-- wants events_*|events.collected_traffic_source json: campaigns are those of the parameters alone
with events as (
    select
        *,
        cast(coalesce(event_params -> 'list', event_params) as json[]) as params,
        case
            when regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') then lower(user_id)
            else getvariable('user_prefix') || user_id
        end as user_name
    from "events_*"
    where
        coalesce(user_pseudo_id, user_id) is not null
        and event_name not in ('session_start', 'first_visit', 'first_open', 'user_engagement')
),

named as (
    select
        *,
        try(map_from_entries(list_sort(list_distinct(list_transform(
            params,
            lambda p: row(
                coalesce(p -> 'element', p) ->> 'key',
                coalesce(
                    coalesce(p -> 'element', p) -> 'value' ->> 'string_value',
                    coalesce(p -> 'element', p) -> 'value' ->> 'int_value',
                    coalesce(p -> 'element', p) -> 'value' ->> 'double_value',
                    coalesce(p -> 'element', p) -> 'value' ->> 'float_value'
                )
            )
        ))))) as properties
    from events
)

select distinct on (event_id)
    'ga:' || md5(concat_ws(
        ' ', coalesce(user_pseudo_id, user_id), event_timestamp, event_name, cast(to_json(properties) as varchar)
    )) as event_id,
    coalesce(user_name, 'ga:' || user_pseudo_id) as lead_id,
    case
        when event_name in ('page_view', 'screen_view') then 'page_visit'
        else trim(lower(regexp_replace(
            regexp_replace(event_name, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '\W+', '_', 'g'
        )), '_')
    end as event_type,
    make_timestamp(event_timestamp) as occurred_at,
    properties['page_location'] as page_url,
    coalesce(collected_traffic_source ->> 'manual_campaign_name', properties['campaign']) as campaign,
    to_json(properties) as properties
from named
order by event_id
