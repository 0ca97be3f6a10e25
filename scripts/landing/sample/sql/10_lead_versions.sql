-- Grain: one row per version of a lead. One manager, specialist or assistant in 14 is promoted to
-- director, one in 70 then to the top; one lead in 200 is deleted at the end.
create table lead_versions as
with careers as (
    select
        *,
        case
            when seniority not in ('manager', 'specialist', 'assistant') then 0
            when draw(lead_no, 'promotions') < 0.014 then 2
            when draw(lead_no, 'promotions') < 0.07 then 1
            else 0
        end as promotions
    from people
),

changes as (
    select careers.*, 0 as rank, false as is_deleted, 0 as share_of_life
    from careers
    union all
    select careers.*, number, false, 0.45 * (number - draw(lead_no * 4 + number, 'promoted when'))
    from careers, range(1, 3) as numbers (number)
    where number <= promotions
    union all
    select careers.*, promotions, true, 0.9 + 0.1 * draw(lead_no, 'deleted when')
    from careers
    where draw(lead_no, 'deleted') < 0.005
)

select
    lead_no,
    created_at + days(epoch(getvariable('last_moment') - created_at) / 86400 * share_of_life)
        as updated_at,
    unnest(case rank
        when 0 then {title: title, department: department}
        when 1 then one_of(of_directors, lead_no, 'title as director')
        when 2 then one_of(at_the_top, lead_no, 'title at the top')
    end),
    is_deleted
from changes
inner join higher_titles on changes.title_language = higher_titles.language
order by lead_no, updated_at;
