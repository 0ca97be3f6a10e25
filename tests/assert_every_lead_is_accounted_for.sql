{#
    Every landed lead that does not wait for the clock survives, or is absorbed by one that does and is in
    the lifecycle.
#}
with

landed as (

    select distinct lead_id from {{ ref('stg_raw__leads') }}

),

identities as (

    select * from {{ ref('int_lead_identities') }}

),

waiting as (

    select
        lead_id,
        min(created_at) as created_at

    from {{ ref('int_lead_versions') }}

    group by lead_id

),

lifecycle as (

    select * from {{ ref('lead_lifecycle') }}

)

select
    landed.lead_id,
    identities.surviving_lead_id

from landed

cross join {{ ref('int_clock') }} as clock

left join identities
    on landed.lead_id = identities.lead_id

left join lifecycle
    on identities.surviving_lead_id = lifecycle.lead_id

left join waiting
    on landed.lead_id = waiting.lead_id

where
    lifecycle.lead_id is null
    and cast(waiting.created_at as date) <= clock.clock_date
