-- Grain: one row per event, in the order of arrival; its rowid is its number. Sessions unfold into the
-- steps of parameters/session_steps.csv. One draw a session says how far it goes: it takes every step
-- whose chance, between `cold` and `warm` by the lead's warmth, is above the draw.

create type event_type as enum (select distinct event_type from session_steps order by event_type);
create type page_url as enum (select distinct page_url from page_slots order by page_url);

create table events as
with steps as (
    select held_sessions.*, session_steps.* exclude (session)
    from held_sessions
    inner join session_steps using (session)
    where draw(session_key, 'depth') < cold + (session_steps.warm - cold) * warmth
),

-- A step happens up to `copies` times, `every_minutes` apart.
copied as (
    select
        *,
        unnest(range(1 + floor(copies * draw(session_key + step, 'copies') ** 2)::bigint)) as copy
    from steps
),

keyed as (
    select
        *,
        mixed(session_key + step * 64 + copy) as event_key,
        if(draw(session_key + copy, 'mood of the page') < warmth, 'warm', 'cold') as mood,
        floor(100 * draw(session_key + copy, 'page'))::bigint as slot
    from copied
),

timed as (
    select
        *,
        started_at + to_seconds(floor(
            60 * (after_minutes + every_minutes * (copy + draw(event_key, 'pause')))
        )::bigint) as occurred_at
    from keyed
)

select
    timed.lead_no,
    timed.event_type::event_type as event_type,
    page_slots.page_url::page_url as page_url,
    round(timed.seconds * exp(0.5 * normal(event_key, 'seconds')))::int as seconds,
    timed.occurred_at,
    -- One in a hundred arrives 2 to 20 days late, one in a hundred is sent twice.
    draw(event_key, 'late') < 0.01 as is_late,
    occurred_at + if(is_late, days(2 + 18 * draw(event_key, 'how late')), interval 0 day) as arrived_at,
    draw(event_key, 'sent twice') < 0.01 as is_sent_twice,
    draw(event_key, 'device') < 0.3 as is_mobile
from timed
left join page_slots using (page_group, mood, slot)
where occurred_at <= getvariable('last_moment')
order by arrived_at, lead_no, event_key;
