{#
    Grain: one row per lead whose merge chain reaches an end, with that end. Leads in a cycle, or whose
    chain runs into one, have no row: a cycle is reported, never followed.
#}
{%- set merges -%}
    select
        leads.lead_id as node,
        targets.lead_id as neighbour

    from {{ ref('int_leads') }} as leads

    inner join {{ ref('int_leads') }} as targets
        on leads.merged_into_lead_id = targets.lead_id
{%- endset %}
with

lead_merges as (

    {{ merges }}

),

chains as (

    {# As each lead is merged into one at most, the leads of a chain have one end or run into one cycle. #}
    {{ connected_components(merges) }}

),

ends as (

    select
        chains.component,
        chains.node as end_lead_id

    from chains

    left join lead_merges
        on chains.node = lead_merges.node

    where lead_merges.node is null

)

select
    chains.node as lead_id,
    ends.end_lead_id

from chains

inner join ends
    on chains.component = ends.component

where chains.node <> ends.end_lead_id
