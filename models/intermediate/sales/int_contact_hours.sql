{#
    Grain: one row per channel of contact, country and time zone that leads have: the next hours after the clock in which they
    may be reached there. None where a channel has hours and the zone is not known.
#}
with
places as (
    select distinct
        profiles.country, profiles.time_zone, channels.contact_channel,
        countries.time_zone as country_time_zone,
        coalesce(own.opens_at, general.opens_at) as opens_at,
        coalesce(own.closes_at, general.closes_at) as closes_at
    from (
        select distinct country, time_zone from {{ ref('int_lead_profiles') }}
        where is_current
    ) as profiles
    cross join (select distinct contact_channel from {{ ref('contact_consent') }}) as channels
    left join {{ ref('countries') }} as countries
        on profiles.country = countries.country_code
    left join {{ ref('contact_hours') }} as general
        on channels.contact_channel = general.contact_channel
        and general.country_code is null
    left join {{ ref('contact_hours') }} as own
        on channels.contact_channel = own.contact_channel
        and profiles.country = own.country_code
),

hours as (
    select
        places.country, places.time_zone, places.contact_channel,
        next_contact_hours(
            places.country, places.time_zone, places.country_time_zone, places.opens_at, places.closes_at,
            clock.clock_date, '{{ var("time_zone") }}'
        ) as next_hours
    from places
    cross join {{ ref('int_clock') }} as clock
)

select country, time_zone, contact_channel, {{ struct_columns('next_hours') }}
from hours
where next_hours is not null
