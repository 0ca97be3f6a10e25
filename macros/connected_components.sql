{#
    A query that gives each node of a graph the smallest node that it is connected with: node, component.
    Argument: a query of the graph's edges, columns node and neighbour, each edge in one direction.
#}
{% macro connected_components(edges) -%}
    {{ return(adapter.dispatch('connected_components', 'leads')(edges)) }}
{%- endmacro %}

{% macro default__connected_components(edges) -%}
    with recursive

    one_way as ({{ edges }}),

    edges as (
        select node, neighbour from one_way
        union
        select neighbour as node, node as neighbour from one_way
    ),

    components (node, component) using key (node) as (
        select distinct node, node as component from edges
        union
        select edges.neighbour as node, min(components.component) as component
        from components
        inner join edges on components.node = edges.node
        inner join recurring.components as known on edges.neighbour = known.node
        where components.component < known.component
        group by edges.neighbour
    )

    select node, component from components
{%- endmacro %}
