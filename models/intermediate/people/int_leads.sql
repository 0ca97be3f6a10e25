{# Grain: one row per landed lead, as it is at the clock, waiting ones left out. #}
select
    versions.lead_id,
    versions.lead_created_at as created_at,
    versions.merged_into_lead_id,
    versions.person_id,
    {# What is no address (NA, -) is nobody's. #}
    case
        when role_mailboxes.local_part is null and versions.email like '%_@_%' then versions.email
    end as person_email

from {{ ref('int_lead_versions') }} as versions

cross join {{ ref('int_clock') }} as clock

left join {{ ref('role_mailboxes') }} as role_mailboxes
    on split_part(versions.email, '@', 1) = role_mailboxes.local_part

where
    clock.clock_date >= versions.valid_from_date
    and clock.clock_date < versions.valid_until_date
