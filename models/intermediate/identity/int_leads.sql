{# Grain: one row per landed lead, as it is at the clock, waiting ones left out. #}
with

versions as (

    select * from {{ ref('int_lead_versions') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

role_mailboxes as (

    select * from {{ ref('role_mailboxes') }}

),

final as (

    select
        versions.lead_id,
        versions.lead_created_at as created_at,
        versions.merged_into_lead_id,
        versions.person_id,
        {# What is no address (NA, -) is nobody's. #}
        case
            when role_mailboxes.local_part is null and versions.email like '%_@_%' then versions.email
        end as person_email

    from versions

    cross join clock

    left join role_mailboxes
        on split_part(versions.email, '@', 1) = role_mailboxes.local_part

    where
        clock.clock_date >= versions.valid_from_date
        and clock.clock_date < versions.valid_until_date

)

select * from final
