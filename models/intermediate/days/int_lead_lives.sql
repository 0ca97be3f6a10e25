{#
    Grain: one row per surviving lead and unbroken span of days on which it is scored: from its creation
    until the day it is deleted, and again once it is restored. Who objects is not scored, on no day.
#}
with
alive as (
    select
        profiles.lead_id, profiles.valid_from_date, profiles.valid_until_date,
        case
            when profiles.valid_from_date = lag(profiles.valid_until_date)
                    over (partition by profiles.lead_id order by profiles.valid_from_date)
                then 0
            else 1
        end as is_new_life
    from {{ ref('int_lead_profiles') }} as profiles
    cross join {{ ref('int_clock') }} as clock
    where
        not profiles.is_deleted
        and not profiles.has_objected
        and profiles.valid_from_date <= clock.clock_date
),

numbered as (
    select
        lead_id, valid_from_date, valid_until_date,
        sum(is_new_life) over (partition by lead_id order by valid_from_date) as life_number
    from alive
)

select
    lead_id,
    min(valid_from_date) as valid_from_date,
    max(valid_until_date) as valid_until_date
from numbered
where lead_id not in (
        select profiles.lead_id from {{ ref('int_lead_profiles') }} as profiles
        where profiles.is_current and profiles.has_objected
    )
group by lead_id, life_number
