{#
    Grain: one row per lead, other name of a lead and opportunity of a chain of merges that reaches an end, with that end;
    the end's own row has itself. What is in a cycle, or whose chain runs into one, has no row: it is never followed.
#}
{%- set records -%}
    {# A lead names the one that it went into, or is another name of one. #}
    select
        'leads ' || coalesce(leads.lead_id, aliases.alias_id) as node,
        'leads ' || coalesce(leads.merged_into_lead_id, aliases.lead_id) as neighbour
    from (select * from {{ ref('int_lead_versions') }} where is_current) as leads
    full join (
        select known.* from {{ ref('stg_raw__lead_aliases') }} as known
        inner join {{ ref('int_clock') }} as clock
            on coalesce(cast(known.linked_at as date) <= clock.facts_until_date, true)
    ) as aliases
        on leads.lead_id = aliases.alias_id

    union all

    select 'opportunities ' || opportunity_id as node, 'opportunities ' || same_as_opportunity_id as neighbour
    from {{ current_versions(ref('stg_raw__opportunities'), ['opportunity_id']) }} as opportunities
    where not is_deleted
{%- endset %}
{%- set of_record = "split_part({}, ' ', 2) like '" ~ var('system_of_record') ~ ":%'" %}
{%- set is_turned = of_record.format('merged.node') ~ ' and not ' ~ of_record.format('merged.neighbour') %}
{%- set links -%}
    {# What two systems hold ends at the record of the one that counts, whichever of them tells of it. #}
    select
        case when {{ is_turned }} then merged.neighbour else merged.node end as node,
        case when {{ is_turned }} then merged.node else merged.neighbour end as neighbour
    from ({{ records }}) as merged
    inner join ({{ records }}) as targets on merged.neighbour = targets.node
{%- endset %}
with
chains as (
    {# As each is merged into one at most, what is in a chain has one end or runs into one cycle. #}
    {{ connected_components(links) }}
)

select
    split_part(chains.node, ' ', 1) as entity,
    substr(chains.node, 1 + position(' ' in chains.node)) as record_id,
    substr(ends.node, 1 + position(' ' in ends.node)) as end_id
from chains
inner join (
    select component, min(node) as node from chains
    where node not in (select links.node from ({{ links }}) as links)
    group by component
) as ends
    on chains.component = ends.component
