{#
    Grain: one row per lead of a merge chain that reaches an end, with that end; the end's own row has itself.
    Leads in a cycle, or whose chain runs into one, have no row: a cycle is reported, never followed.
#}
{%- set merges -%}
    select
        leads.lead_id as node,
        targets.lead_id as neighbour
    from {{ ref('int_lead_versions') }} as leads
    inner join {{ ref('int_lead_versions') }} as targets
        on leads.merged_into_lead_id = targets.lead_id
    where leads.is_current and targets.is_current
{%- endset %}
with
chains as (
    {# As each lead is merged into one at most, the leads of a chain have one end or run into one cycle. #}
    {{ connected_components(merges) }}
)

select
    chains.node as lead_id,
    ends.node as end_lead_id
from chains
inner join chains as ends
    on chains.component = ends.component
where ends.node not in (select merges.node from ({{ merges }}) as merges)
