{# Grain: one row per scoring model that scores leads: champions and challengers. #}
select
    *,
    coalesce(live_from, cast('1900-01-01' as date)) as live_from_date

from {{ ref('stg_points__score_models') }}

where role in ('champion', 'challenger')
