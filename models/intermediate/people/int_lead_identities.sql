{#
    Grain: one row per landed lead, waiting ones left out, and other name of one, with the lead of the same person that
    survives: the end of a merge chain, else the earliest. Leads are linked by their merge chain, by person_id and by email,
    and links pass on from lead to lead.
#}
{%- set values = {'person': 'person_id', 'email': 'email'} if var('match_leads_by_person') else {} %}
{%- set placeholders = '(select value from ' ~ ref('identity_placeholders') ~ ')' %}
{%- set role_mailboxes = '(select local_part from ' ~ ref('role_mailboxes') ~ ')' %}
{%- set edges = 'select lead_id as node, hub_lead_id as neighbour from linked where not is_of_many and lead_id <> hub_lead_id' %}
with
names as (
    select
        coalesce(versions.lead_id, chains.record_id) as lead_id,
        versions.lead_created_at, versions.email, versions.person_id,
        nullif(lower(trim(coalesce(versions.first_name, '') || ' ' || coalesce(versions.last_name, ''))), '') as full_name,
        lower(versions.company_name) as company_name,
        chains.end_id,
        case when chains.record_id = chains.end_id then 0 when chains.record_id is null then 1 else 2 end as merge_rank
    from (select * from {{ ref('int_lead_versions') }} where is_current) as versions
    full join (select * from {{ ref('int_merges') }} where entity = 'leads') as chains
        on versions.lead_id = chains.record_id
),

links as (
    select lead_id, 'merge ' || end_id as link, cast(null as string) as full_name, cast(null as string) as company_name
    from names where end_id is not null
    {%- for kind, value in values.items() %}

    union all

    {# What is no address (NA, -) is nobody's. #}
    select lead_id, '{{ kind }} ' || {{ value }} as link, full_name, company_name
    from names
    where
        lower({{ value }}) not in {{ placeholders }}
        and split_part(lower({{ value }}), '@', 1) not in {{ placeholders }}
        {{- " and email like '%_@_%' and split_part(email, '@', 1) not in " ~ role_mailboxes if kind == 'email' }}
    {%- endfor %}
),

linked as (
    select links.lead_id, hubs.hub_lead_id, hubs.most_names > {{ var('names_of_one_person') }} as is_of_many
    from links
    inner join (
        select
            link,
            min(lead_id) as hub_lead_id,
            greatest(count(distinct full_name), count(distinct company_name)) as most_names
        from links
        group by link
        having count(*) > 1
    ) as hubs
        on links.link = hubs.link
),

components as (
    {{ connected_components(edges) }}
),

people as (
    select
        names.lead_id,
        names.*,
        coalesce(components.component, names.lead_id) as person_lead_id,
        names.lead_id in (select linked.lead_id from linked where linked.is_of_many) as has_shared_value
    from names
    left join components on names.lead_id = components.node
)

select
    lead_id,
    first_value(lead_id)
        over (partition by person_lead_id order by lead_created_at is null, merge_rank, lead_created_at, lead_id)
        as surviving_lead_id,
    min(lead_created_at) over (partition by person_lead_id) as person_created_at,
    count(*) over (partition by person_lead_id) as person_lead_count,
    has_shared_value
from people
{# A name of a lead that was never landed is nobody's. #}
where person_lead_id in (select landed.person_lead_id from people as landed where landed.lead_created_at is not null)
