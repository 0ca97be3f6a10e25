-- The events from number $first_event on, oldest first, of $events over the three years up to $last_day.
-- They come in sessions of eight, minutes apart. Half the sessions are of new leads, half of the few
-- who come again and again.
with
sessions as (
    select
        s,
        s / ($events / 8.0) as share_of_time,
        case
            when random_of(s, 'kind') < 0.5 then 1 - pow(random_of(s, 'lead'), 3)
            else pow(random_of(s, 'lead'), 2)
        end as rank_of_lead
    from range($first_event // 8, 1 + ($first_event + $new_events) // 8) as numbers (s)
),

events as (
    select
        (sessions.s * 8 + number) as n,
        floor(rank_of_lead * greatest(share_of_time * $leads - 1, 0))::bigint as lead_number,
        $last_day::timestamp - interval 1095 day
        + to_microseconds((1095 * 86400 * 1000000.0 * share_of_time)::bigint)
        + to_seconds(number * (20 + 100 * random_of(sessions.s, 'pace'))) as occurred_at
    from sessions, range(8) as numbers (number)
),

typed as (
    select
        *,
        pick([
            'page_visit', 'page_visit', 'page_visit', 'page_visit', 'page_visit', 'page_visit',
            'page_visit', 'page_visit', 'page_visit', 'page_visit', 'email_sent', 'email_sent',
            'email_open', 'email_open', 'email_click', 'content_download', 'form_submit',
            'product_session', 'webinar_attendance', 'demo_request'
        ], n, 'type') as event_type
    from events
    where n >= $first_event and n < $first_event + $new_events
)

select
    format('e{:010d}', n) as event_id,
    format('l{:08d}', lead_number) as lead_id,
    event_type,
    occurred_at,
    case event_type
        when 'page_visit' then 'https://www.example.com' || pick([
            '/', '/blog/' || (n % 200), '/product', '/product/' || (n % 20), '/pricing',
            '/docs/' || (n % 50), '/careers', '/case-studies/' || (n % 10), '/demo',
            '/search?q=' || (n % 100)
        ], n, 'page')
        when 'content_download' then 'https://www.example.com' || pick([
            '/white-paper-a', '/ebook-b', '/checklist-c', '/case-study-d'
        ], n, 'page')
        when 'form_submit'
            then 'https://www.example.com' || pick(['/contact', '/newsletter'], n, 'page')
    end as page_url,
    case when event_type in ('product_session', 'webinar_attendance') then n % 3600 end
        as duration_seconds
from typed
