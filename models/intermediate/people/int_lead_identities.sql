{#
    Grain: one row per landed lead, waiting ones left out, and other name of one, with the lead of the same person that
    survives: the end of a merge chain, else the earliest. Leads are linked by their merge chain, by person_id and by email,
    and links pass on from lead to lead.
#}
{%- set edges -%}
    select record_id as node, end_id as neighbour from {{ ref('int_merges') }} where entity = 'leads'
    union all
    select lead_id as node, hub_lead_id as neighbour from {{ ref('int_lead_links') }} where not is_of_many
{%- endset %}
with
components as (
    {{ connected_components(edges) }}
),

people as (
    select
        coalesce(versions.lead_id, chains.record_id) as lead_id,
        versions.lead_created_at,
        case when chains.record_id = chains.end_id then 0 when chains.record_id is null then 1 else 2 end as merge_rank,
        coalesce(components.component, versions.lead_id, chains.record_id) as person_lead_id
    from (select * from {{ ref('int_lead_versions') }} where is_current) as versions
    full join (select * from {{ ref('int_merges') }} where entity = 'leads') as chains
        on versions.lead_id = chains.record_id
    left join components
        on coalesce(versions.lead_id, chains.record_id) = components.node
)

select
    lead_id,
    first_value(lead_id)
        over (partition by person_lead_id order by lead_created_at is null, merge_rank, lead_created_at, lead_id)
        as surviving_lead_id,
    min(lead_created_at) over (partition by person_lead_id) as person_created_at,
    count(*) over (partition by person_lead_id) as person_lead_count,
    lead_id in (select links.lead_id from {{ ref('int_lead_links') }} as links where links.is_of_many) as has_shared_value
from people
{# A name of a lead that was never landed is nobody's. #}
where person_lead_id in (select landed.person_lead_id from people as landed where landed.lead_created_at is not null)
