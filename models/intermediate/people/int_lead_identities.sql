{#
    Grain: one row per landed lead, waiting ones left out, with the lead of the same person that survives: the end
    of a merge chain, else the earliest. Leads are linked by their merge chain, by person_id and by email, and
    links pass on from lead to lead.
#}
{%- set links -%}
    select
        lead_id,
        'merge ' || end_lead_id as link
    from {{ ref('int_lead_merges') }}
    {% if var('match_leads_by_person') %}
    union all

    select
        lead_id,
        'person ' || person_id as link
    from {{ ref('int_lead_versions') }}
    where is_current and person_id is not null

    union all

    {# What is no address (NA, -) is nobody's. #}
    select
        lead_id,
        'email ' || email as link
    from {{ ref('int_lead_versions') }}
    where
        is_current
        and email like '%_@_%'
        and split_part(email, '@', 1) not in (select local_part from {{ ref('role_mailboxes') }})
    {% endif %}
{%- endset %}
{%- set edges -%}
    {# From each lead to the smallest one of the same link. #}
    select
        lead_id as node,
        hub_lead_id as neighbour
    from (select lead_id, min(lead_id) over (partition by link) as hub_lead_id from ({{ links }}) as links) as stars
    where lead_id <> hub_lead_id
{%- endset %}
with
components as (
    {{ connected_components(edges) }}
),

leads as (
    select
        versions.lead_id,
        versions.lead_created_at as created_at,
        coalesce(components.component, versions.lead_id) as person_lead_id,
        case when merges.lead_id = merges.end_lead_id then 0 when merges.lead_id is null then 1 else 2 end as merge_rank
    from {{ ref('int_lead_versions') }} as versions
    left join components
        on versions.lead_id = components.node
    left join {{ ref('int_lead_merges') }} as merges
        on versions.lead_id = merges.lead_id
    where versions.is_current
)

select
    lead_id,
    first_value(lead_id) over (
        partition by person_lead_id order by merge_rank, created_at, lead_id
    ) as surviving_lead_id,
    min(created_at) over (partition by person_lead_id) as person_created_at,
    count(*) over (partition by person_lead_id) as person_lead_count
from leads
