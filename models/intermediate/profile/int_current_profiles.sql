{# Grain: one row per surviving lead, its profile at the clock. #}
{{ config(materialized='view') }}
with

profiles as (

    select * from {{ ref('int_lead_profiles') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

final as (

    select profiles.*

    from profiles

    cross join clock

    where
        profiles.valid_from_date <= clock.clock_date
        and profiles.valid_until_date > clock.clock_date

)

select * from final
