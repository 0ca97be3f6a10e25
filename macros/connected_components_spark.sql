{#
    Spark has no recursion that forgets, so tables hold the components of each round: every node takes the
    smallest of its neighbours, of what that one's component belongs to, and its own. Rounds rise with the
    logarithm of the longest path.
#}
{% macro spark__connected_components(edges) -%}
    {%- set rounds = namespace(number=0, changed=1) -%}
    {%- set table = this ~ '__round_' -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- do run_query('create schema if not exists ' ~ this.schema) -%}
        {%- for name, content in {
            'edges': 'with one_way as (' ~ edges ~ ') select node, neighbour from one_way'
                ~ ' union select neighbour, node from one_way',
            '0': 'select node, least(node, min(neighbour)) as component from ' ~ table ~ 'edges group by node',
        }.items() -%}
            {%- do run_query('drop table if exists ' ~ table ~ name) -%}
            {%- do run_query('create table ' ~ table ~ name ~ ' as ' ~ content) -%}
        {%- endfor -%}
        {%- for _ in range(1000) if rounds.changed -%}
            {%- set last, next = table ~ rounds.number % 2, table ~ (rounds.number + 1) % 2 -%}
            {%- do run_query('drop table if exists ' ~ next) -%}
            {%- do run_query(
                'create table ' ~ next ~ ' as select node, min(component) as component from ('
                ~ 'select node, component from ' ~ last
                ~ ' union all select edges.node, neighbours.component from ' ~ table ~ 'edges as edges'
                ~ ' inner join ' ~ last ~ ' as neighbours on edges.neighbour = neighbours.node'
                ~ ' union all select nodes.node, heads.component from ' ~ last ~ ' as nodes'
                ~ ' inner join ' ~ last ~ ' as heads on nodes.component = heads.node'
                ~ ') as candidates group by node'
            ) -%}
            {%- set changed = 'select count(*) from (table ' ~ next ~ ' except table ' ~ last ~ ') as changes' -%}
            {%- set rounds.changed = run_query(changed).columns[0].values()[0] | int -%}
            {%- set rounds.number = rounds.number + 1 -%}
        {%- endfor -%}
    {%- endif -%}
    select node, component from {{ table }}{{ rounds.number % 2 }}
{%- endmacro %}
