{#
    Grain: one row per lead, or other name of one, and value that it shares with others: the end of its merge chain, a
    person_id or an email; with the smallest of those that share it, and whether they are too many to be one person.
#}
{%- set values = {'person': 'person_id', 'email': 'email'} if var('match_leads_by_person') else {} %}
with
leads as (
    select
        lead_id, email, person_id,
        nullif(lower(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))), '') as full_name,
        lower(company_name) as company_name
    from {{ ref('int_lead_versions') }}
    where is_current
),

named as (
    select
        record_id as lead_id, 'merge ' || end_id as link,
        cast(null as string) as full_name, cast(null as string) as company_name
    from {{ ref('int_merges') }}
    where entity = 'leads'
    {%- for kind, value in values.items() %}

        union all

        {# What is no address (NA, -) is nobody's. #}
        select lead_id, '{{ kind }} ' || {{ value }} as link, full_name, company_name
        from leads
        where
            lower({{ value }}) not in (
                select placeholders.value from {{ ref('identity_placeholders') }} as placeholders
            )
            and split_part(lower({{ value }}), '@', 1) not in (
                select placeholders.value from {{ ref('identity_placeholders') }} as placeholders
            )
            {% if kind == 'email' -%}
                and email like '%_@_%'
                and split_part(email, '@', 1) not in (
                    select mailboxes.local_part from {{ ref('role_mailboxes') }} as mailboxes
                )
            {%- endif %}
    {%- endfor %}
),

hubs as (
    select
        link,
        min(lead_id) as hub_lead_id,
        greatest(count(distinct full_name), count(distinct company_name)) as most_names
    from named
    group by link
    having count(*) > 1
)

select named.lead_id, hubs.hub_lead_id, hubs.most_names > {{ var('names_of_one_person') }} as is_of_many
from named
inner join hubs
    on named.link = hubs.link
