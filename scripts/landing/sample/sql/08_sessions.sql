-- Grain: one row per session that a lead has: a visit, a newsletter, a trial, a call … Hidden interest
-- makes a lead warm. A warm lead has more sessions, and draws them from the column `warm` of
-- parameters/sessions.csv rather than from `cold`.

create macro session_key(lead_no, session_no) as mixed(lead_no * 256 + session_no);

create table held_sessions as
with visitors as (
    select
        people.lead_no,
        people.created_at,
        people.utc_offset,
        outcomes.opened_at,
        outcomes.closed_at,
        outcomes.is_won,
        logistic(1.4 * people.interest - 0.4) as warmth,
        exp(1.83 + 0.7 * people.interest + 0.75 * normal(lead_no, 'activity')) as activity
    from people
    left join outcomes using (lead_no)
),

numbered as (
    select
        *,
        unnest(range(1, 1 + least(150, floor(activity)::bigint))) as session_no,
        session_key(lead_no, session_no) as id
    from visitors
),

-- Three sessions or so make a burst of five days. Bursts thin out with the months, sooner where the lead
-- is warm; half of those of a coming opportunity fall before it opens. Weekends are quiet.
spread as (
    select
        *,
        draw(lead_no * 256 + session_no // 3, 'burst') as burst,
        draw(lead_no * 256 + session_no // 3, 'before it opens') < 0.5 as is_before
    from numbered
),

dated as (
    select
        *,
        created_at::date + floor(
            if(
                opened_at is not null and is_before,
                burst * date_diff('day', created_at, opened_at),
                1 + 340 * (1 - 0.6 * warmth) * burst ** 2
            )
            + 5 * draw(id, 'day of burst')
        )::int as drawn_date,
        drawn_date + if(isodow(drawn_date) >= 6 and draw(id, 'weekend') < 0.7, 2, 0)
        + to_seconds(floor(3600 * (8 + 11 * draw(id, 'hour') - utc_offset))::bigint) as drawn_at,
        greatest(drawn_at, created_at + interval 30 minute) as started_at
    from spread
),

drawn as (
    select
        lead_no,
        session_no,
        warmth,
        started_at,
        case
            when opened_at is null or started_at < opened_at then if(
                draw(id, 'mood') < warmth,
                choose('warm_sessions', id, 'session'),
                choose('cold_sessions', id, 'session')
            )
            -- A lead in talks, or won, has planned sessions instead; a lost one reads a newsletter.
            when started_at >= closed_at and not is_won and draw(id, 'lost') < 0.15 then 'newsletter'
        end as session
    from dated
),

planned as (
    select lead_no, 0 as session_no, warmth, created_at as started_at, 'signup' as session
    from visitors
    union all
    select
        lead_no,
        200,
        warmth,
        greatest(created_at + interval 1 hour, opened_at - days(1 + 4 * draw(lead_no, 'asks'))),
        'demo'
    from visitors
    where opened_at is not null and draw(lead_no, 'asks first') < 0.7
    union all
    select
        lead_no,
        200 + number,
        warmth,
        opened_at + days(epoch(closed_at - opened_at) / 86400 * number / 5),
        'deal'
    from visitors, range(1, 5) as numbers (number)
    where opened_at is not null
    union all
    select
        lead_no,
        210 + number,
        warmth,
        closed_at + days(number * 20 - 19 + 10 * draw(lead_no * 256 + number, 'login')),
        'customer'
    from visitors, range(1, 25) as numbers (number)
    where is_won
),

in_order as (
    select
        *,
        row_number() over (partition by lead_no, session order by started_at, session_no) as nth,
        min(if(session = 'goodbye', started_at, null)) over (partition by lead_no) as unsubscribed_at
    from (
        select * from drawn where session is not null
        union all
        select * from planned
    )
    where started_at <= getvariable('last_moment')
)

select
    in_order.lead_no,
    in_order.warmth,
    in_order.started_at,
    in_order.session,
    session_key(in_order.lead_no, in_order.session_no) as session_key
from in_order
left join sessions using (session)
where
    (nth = 1 or not coalesce(sessions.is_once, false))
    and (session != 'newsletter' or unsubscribed_at is null or started_at <= unsubscribed_at);
