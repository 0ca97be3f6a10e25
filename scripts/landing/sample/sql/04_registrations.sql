-- Grain: one row per lead, numbered in the order of creation; person_no is the first lead of the same
-- person. Two leads in a hundred are people who come again, 1 to 21 % of all leads later; a tenth of
-- those come a third time.
create table registrations as
with numbered as (
    select
        lead_no,
        draw(lead_no, 'comes again') as again,
        lead_no - floor(getvariable('leads') * (0.01 + 0.2 * draw(lead_no, 'since when')))::bigint
            as earlier_no
    from range(1, 1 + getvariable('leads')) as leads (lead_no)
),

second_time as (
    select
        *,
        if(
            again < 0.018 and earlier_no >= 1 and draw(earlier_no, 'comes again') >= 0.02,
            earlier_no,
            null
        ) as first_no
    from numbered
),

-- The third time belongs to whoever came a second time last.
third_time as (
    select
        lead_no,
        first_no,
        last_value(if(first_no is null, null, lead_no) ignore nulls) over before as second_no,
        last_value(first_no ignore nulls) over before as first_of_second_no,
        again >= 0.018 and again < 0.02 and second_no is not null as is_third_time
    from second_time
    window before as (order by lead_no rows between unbounded preceding and 1 preceding)
)

select
    lead_no,
    coalesce(first_no, if(is_third_time, first_of_second_no, null), lead_no) as person_no,
    coalesce(first_no, if(is_third_time, second_no, null)) as previous_lead_no,
    is_third_time
from third_time
order by lead_no;
