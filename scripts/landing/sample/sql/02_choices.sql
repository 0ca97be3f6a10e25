-- Lists to draw from, with each member as often as its weight says, and the calendar.

create macro weighted(member, weight) as flatten(list(repeat([member], weight) order by member));

set variable first_day = date '2024-01-01';
set variable last_day = date '2025-06-30';
set variable last_moment = timestamp '2025-06-30 23:59:59';

create macro day_number(day) as date_diff('day', getvariable('first_day'), day);

-- Grain: one row per day. Its weight: growth, quiet weekends, Augusts and Decembers, and luck.
create table calendar as
select
    moment::date as day,
    greatest(1, round(
        20
        * (1 + day_number(day) / 547.0)
        * if(isodow(day) >= 6, 0.3, 1)
        * if(month(day) in (8, 12), 0.7, 1)
        * (0.7 + 0.6 * draw(day_number(day), 'weight of the day'))
    ))::int as weight
from generate_series(
    getvariable('first_day'), getvariable('last_day'), interval 1 day
) as moments (moment);

set variable days = (select weighted(day, weight) from calendar);
set variable countries = (select weighted(country, weight) from countries);
set variable channels = (select weighted(channel, weight) from channels);
set variable industries = (select weighted(industry, weight) from industries);
set variable free_domains = (select weighted(domain, weight) from email_domains where kind = 'free');
set variable disposable_domains = (
    select weighted(domain, weight) from email_domains where kind = 'disposable'
);
set variable cold_sessions = (select weighted(session, cold) from sessions);
set variable warm_sessions = (select weighted(session, warm) from sessions);
set variable company_words = (select list(word order by word) from company_words);
set variable junk_titles = (select list(title order by title) from junk_titles);

-- Grain: one row per channel.
create table campaign_lists as
select channel, weighted(campaign, weight) as campaigns
from campaigns
group by channel;

-- Grain: one row per set of names and number from 0 to 7.
create table numbered_names as
select *, row_number() over (partition by names order by first_in_email) - 1 as number
from names;

-- Grain: one row per language and slot from 0 to 199, shared out by weight.
create table title_slots as
with languages as (
    select language, weighted({title: title, seniority: seniority, department: department}, weight) as titles
    from titles
    group by language
)

select language, slot, unnest(pick(titles, slot / 200.0))
from languages, range(200) as slots (slot);

-- Grain: one row per language, with the titles that one can be promoted to.
create table higher_titles as
select
    language,
    list({title: title, department: department} order by title)
        filter (where seniority = 'director') as of_directors,
    list({title: title, department: department} order by title)
        filter (where seniority = 'c_level') as at_the_top
from titles
group by language;

-- Grain: one row per group of pages, mood of the visitor and slot from 0 to 99, shared out by weight.
create table page_slots as
with moods as (
    select page_group, 'cold' as mood, weighted(page, cold) as pages from pages group by page_group
    union all
    select page_group, 'warm', weighted(page, warm) from pages group by page_group
)

select
    page_group,
    mood,
    slot,
    'https://www.example.com/' || coalesce(pick(pages, slot / 100.0), '') as page_url
from moods, range(100) as slots (slot);
