{#
    Grain: one row per scoring model that scores leads: champions and challengers. Of the champions one counts on a day: each
    from its live_from_date until the next one's.
#}
with
live as (
    select
        score_model, description, role, min_score, max_score,
        coalesce(traffic_share, 0) as traffic_share,
        coalesce(scale, 'clamp') as scale,
        coalesce(live_from, cast('1900-01-01' as date)) as live_from_date
    from {{ ref('score_models') }}
    where role in ('champion', 'challenger')
)

select
    *,
    case role when 'champion' then
            lead(live_from_date, 1, cast('9999-12-31' as date)) over (partition by role order by live_from_date)
    end as live_until_date
from live
