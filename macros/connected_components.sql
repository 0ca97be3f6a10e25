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

{#
    Spark has no recursion that forgets, so tables hold the components of each round: every node takes the
    smallest of its neighbours, of what that one's component belongs to, and its own. Rounds rise with the
    logarithm of the longest path.
#}
{% macro spark__connected_components(edges) -%}
    {%- set rounds = namespace(number=0, changed=1) -%}
    {%- set table = this ~ '__round_' -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- for name in ['edges', '0', '1'] -%}
            {%- do run_query('drop table if exists ' ~ table ~ name) -%}
        {%- endfor -%}
        {%- do run_query('create schema if not exists ' ~ this.schema) -%}
        {%- do run_query(
            'create table ' ~ table ~ 'edges as with one_way as (' ~ edges ~ ') select node, neighbour'
            ~ ' from one_way union select neighbour, node from one_way'
        ) -%}
        {%- do run_query(
            'create table ' ~ table ~ '0 as select node, least(node, min(neighbour)) as component'
            ~ ' from ' ~ table ~ 'edges group by node'
        ) -%}
        {%- for _ in range(1000) if rounds.changed -%}
            {%- set last = table ~ rounds.number % 2 -%}
            {%- set next = table ~ (rounds.number + 1) % 2 -%}
            {%- do run_query('drop table if exists ' ~ next) -%}
            {%- set step -%}
                create table {{ next }} as
                select node, min(component) as component
                from (
                    select node, component from {{ last }}
                    union all
                    select edges.node, neighbours.component
                    from {{ table }}edges as edges
                    inner join {{ last }} as neighbours on edges.neighbour = neighbours.node
                    union all
                    select nodes.node, heads.component
                    from {{ last }} as nodes
                    inner join {{ last }} as heads on nodes.component = heads.node
                ) as candidates
                group by node
            {%- endset -%}
            {%- do run_query(step) -%}
            {%- set changed -%}
                select count(*) from {{ next }} as next
                inner join {{ last }} as last on next.node = last.node
                where next.component <> last.component
            {%- endset -%}
            {%- set rounds.changed = run_query(changed).columns[0].values()[0] | int -%}
            {%- set rounds.number = rounds.number + 1 -%}
        {%- endfor -%}
    {%- endif -%}
    select node, component from {{ table }}{{ rounds.number % 2 }}
{%- endmacro %}
