{# Without a champion on the day of the clock no score counts, and lead_score is empty. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

champions as (

    select * from {{ ref('int_live_models') }}

)

select
    clock.clock_date,
    min(champions.live_from_date) as first_live_from

from clock

cross join champions

group by clock.clock_date
having min(champions.live_from_date) > clock.clock_date
