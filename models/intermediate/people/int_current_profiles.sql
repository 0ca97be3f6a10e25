{# Grain: one row per surviving lead, its profile at the clock. #}
{{ config(materialized='view') }}
select profiles.*

from {{ ref('int_lead_profiles') }} as profiles

cross join {{ ref('int_clock') }} as clock

where
    profiles.valid_from_date <= clock.clock_date
    and profiles.valid_until_date > clock.clock_date
