{# Without a champion on the day of the clock no score counts, and lead_score is empty. #}
select
    clock.clock_date,
    min(champions.live_from_date) as first_live_from

from {{ ref('int_clock') }} as clock

inner join {{ ref('int_live_models') }} as champions
    on champions.role = 'champion'

group by clock.clock_date
having min(champions.live_from_date) > clock.clock_date
