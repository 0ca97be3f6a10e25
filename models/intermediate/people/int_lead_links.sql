{#
    Grain: one row per lead and value that it shares with others, a person_id or an email; with the smallest of those
    that share it, and whether they are too many to be one person. No address (NA, -) is nobody's, a role's is anybody's.
#}
{%- set placeholders = '(select known.value from ' ~ ref('identity_placeholders') ~ ' as known)' %}
with
leads as (
    select
        lead_id, person_id,
        case
            when split_part(email, '@', 1) not in (select roles.local_part from {{ ref('role_mailboxes') }} as roles)
                and email like '%_@_%' then email
        end as email,
        nullif(lower(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))), '') as full_name,
        lower(company_name) as company_name
    from {{ ref('int_lead_versions') }}
    where is_current and {{ var('match_leads_by_person') }}
),

valued as (
    {%- for value in ['person_id', 'email'] %}
        select lead_id, '{{ value }} ' || {{ value }} as shared_value, full_name, company_name from leads
        where lower({{ value }}) not in {{ placeholders }}
            and split_part(lower({{ value }}), '@', 1) not in {{ placeholders }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

hubs as (
    select
        shared_value, min(lead_id) as hub_lead_id,
        greatest(count(distinct full_name), count(distinct company_name)) as most_names
    from valued
    group by shared_value
    having count(*) > 1
)

select valued.lead_id, hubs.hub_lead_id, hubs.most_names > {{ var('names_of_one_person') }} as is_of_many
from valued
inner join hubs on valued.shared_value = hubs.shared_value
